"""What the log says of new topics after a reload."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import structlog

from quivive.config import Configuration, load_config
from quivive.new_topics import Previews
from quivive.wiring import open_archive

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PATIENCE = 20.0


def configuration(folder: Path, *topics: str) -> Configuration:
    tables = "".join(f'[[topics]]\nname = "{name}"\nquery = "fusée"\nnotify = []\n' for name in topics)
    (folder / "config.toml").write_text(tables, encoding="utf-8")
    return load_config(folder / "config.toml", {})


def test_reloads_faster_than_their_previews_take_one_thread_and_every_new_topic_is_told(tmp_path: Path) -> None:
    none, one, two = (configuration(tmp_path, *names) for names in ([], ["A"], ["A", "B"]))
    open_archive(two, NOW).close()
    before = set(threading.enumerate())
    previews = Previews()
    with structlog.testing.capture_logs() as told:
        with previews._changed:  # nothing is begun meanwhile
            previews.start(none, one, NOW)
            previews.start(one, two, NOW)
        [thread] = set(threading.enumerate()) - before
        while len(told) < 2:
            thread.join(0.01)
            assert thread.is_alive()
    previews.stop(PATIENCE)
    assert [(line["event"], line["topic"]) for line in told] == [("topic previewed", "A"), ("topic previewed", "B")]
    assert not thread.is_alive()
