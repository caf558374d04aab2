"""A first look at feeds whose text is all that is wanted: CPU time of the writing thread for each new entry, beside another version.

Feeds of 30 new entries, about 1 kB of text each, come to an empty archive through `Archive.record_poll` as in the daemon, with 100 topics:
known entries looked for, identity judged, versions, index, matches and validators written and committed in the program's own groups. What a
worker process makes beside the parsing is made before, as there, and printed apart. Fetching and parsing are not part of it. How much of
the writing thread's time places the articles in stories is told too, where the version does so.

With `--beside CHECKOUT`, the folder of another version of the program, both are measured in turn in the same run, each in processes of
its own, and the ratio of the medians is printed.

Run: python -m bench.first_look [--beside CHECKOUT]
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

_ENTRIES = 30
_SOURCES = 100
_TOPICS = 100
_ROUNDS = 5
_NOW = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)


def main() -> None:
    """Measure this version, and the one beside it in turn."""
    from bench.common import make_parser, print_machine  # noqa: PLC0415 - another version's process gets no further than `measure`

    parser = make_parser(__doc__ or "")
    parser.add_argument("--beside", type=Path, help="the checkout of another version")
    options = parser.parse_args()
    print_machine("sqlite-utils")
    rounds, sources = (1, 3) if options.quick else (_ROUNDS, _SOURCES)
    checkouts = {"this version": Path.cwd()} | ({"beside": options.beside} if options.beside else {})
    figures: dict[str, list[dict[str, float]]] = {name: [] for name in checkouts}
    for _ in range(rounds):
        for name, checkout in checkouts.items():
            figures[name].append(run_in(checkout.resolve(), sources))
    for name, taken in figures.items():
        placing = f", of which {_median(taken, 'placing'):.2f} place it in a story" if any(one["placing"] for one in taken) else ""
        print(f"{name:13} writing {_median(taken, 'writing'):.2f} ms CPU an entry{placing}; before {_median(taken, 'preparing'):.2f} ms")
    if options.beside:
        pairs = list(zip(figures["this version"], figures["beside"], strict=True))
        _print_ratio("ratio", [one["writing"] / other["writing"] for one, other in pairs])
        _print_ratio("but placing", [(one["writing"] - one["placing"]) / (other["writing"] - other["placing"]) for one, other in pairs])


def _print_ratio(name: str, ratios: list[float]) -> None:
    rounds = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"{name:13} {statistics.median(ratios):.2f} of the other's writing thread (rounds: {rounds})")


def _median(taken: list[dict[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in taken)


def run_in(checkout: Path, sources: int) -> dict[str, float]:
    """The figures of one round, in a process that imports the program from that checkout."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(checkout), str(Path(__file__).parent.parent)])}
    command = [sys.executable, __file__, "--measure", str(sources)]
    done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def measure(sources: int) -> dict[str, float]:
    """Milliseconds of CPU an entry: of the writing thread, and of what a worker process makes before."""
    from bench.matching import Inventor  # noqa: PLC0415 - of whichever version runs
    from storage import Archive, Watch  # noqa: PLC0415

    inventor = Inventor(random.Random(1), 300)
    entities = inventor.entities()
    matcher = _matcher_class()([inventor.topic(number) for number in range(_TOPICS)], entities)
    urls = [f"https://{number}.example/feed" for number in range(sources)]
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(matcher, {})
        with closing(Archive(Path(folder) / "archive.db", watch)) as archive:
            archive.sync(watch, _make_specs(urls), timedelta(minutes=15), _NOW).result()
            feeds = [_make_feed(url) for url in urls]
            started = time.thread_time()
            feeds = list(map(_preparing(), feeds))
            preparing = time.thread_time() - started
            outcomes = [_outcome(archive.find_sources([url])[0][0], feed) for url, feed in zip(urls, feeds, strict=True)]
            placing = _watch_placing()
            before = _writing_time(archive)
            for future in [archive.record_poll(outcome, _NOW) for outcome in outcomes]:
                assert future.result().articles_new == _ENTRIES
            after = _writing_time(archive)
    entries = sources * _ENTRIES
    taken = {"writing": after - before, "preparing": preparing, "placing": sum(placing)}
    return {name: 1000 * seconds / entries for name, seconds in taken.items()}


def _writing_time(archive: Any) -> float:
    """CPU seconds that the writing thread has taken so far."""
    return float(archive._writer.submit(lambda _: time.thread_time()).result())  # noqa: SLF001  # no public method runs there


def _watch_placing() -> list[float]:
    """The CPU seconds of each step from now on that places articles in stories; none in a version that has no stories.

    The steps stay wrapped: each measurement has a process of its own.
    """
    taken: list[float] = []
    try:
        from storage.recording import articles, beforehand  # noqa: PLC0415
        from storage.recording.stories import Surroundings  # noqa: PLC0415
    except ImportError:
        return taken

    def watch(place: Any, name: str) -> None:
        step = getattr(place, name)

        def timed(*arguments: Any) -> Any:
            started = time.thread_time()
            try:
                return step(*arguments)
            finally:
                taken.append(time.thread_time() - started)

        setattr(place, name, timed)

    for place, name in (
        (beforehand, "make_unplaced"),
        (beforehand, "load_surroundings"),
        (Surroundings, "place"),
        (articles, "write_placed"),
    ):
        watch(place, name)
    return taken


def _matcher_class() -> Any:
    try:
        from news.query.matching import Matcher  # noqa: PLC0415
    except ImportError:  # a version before the query language had a folder of its own
        from news.matching import Matcher  # type: ignore[import-not-found, no-redef] # noqa: PLC0415
    return Matcher


def _make_specs(urls: list[str]) -> list[Any]:
    try:
        from news.source_specs import ArticlesMode, SourceSpec  # noqa: PLC0415
    except ImportError:  # a version that had all types of sources in one file
        from news.sources import ArticlesMode, SourceSpec  # type: ignore[attr-defined, no-redef] # noqa: PLC0415
    return [SourceSpec(url, articles=ArticlesMode.FEED) for url in urls]


def _preparing() -> Callable[[Any], Any]:
    try:
        from news.preparing import prepare_feed  # noqa: PLC0415
    except ImportError:  # a version that made all of it in the writing thread
        return lambda feed: feed
    return prepare_feed


def _make_feed(url: str) -> Any:
    from bench.french import make_paragraphs, make_title  # noqa: PLC0415
    from news.sources import FeedEntry, ParsedFeed  # noqa: PLC0415

    chance = random.Random(url)
    entries = []
    for number in range(_ENTRIES):
        link = f"{url}/{number}"
        text = "\n".join(make_paragraphs(chance, 1000))
        entries.append(FeedEntry(link, link, make_title(chance), summary=text, published_at=_NOW))
    return ParsedFeed("Feed", tuple(entries))


def _outcome(source: Any, feed: Any) -> Any:
    from news.sources import PollKind, PollOutcome  # noqa: PLC0415

    return PollOutcome(source.source_id, source.url, _NOW, 0.1, PollKind.PARSED, 200, 30_000, feed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        main()
