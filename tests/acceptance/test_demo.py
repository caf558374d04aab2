"""`quivive demo` as a newcomer runs it: with an empty home, no configuration and no network to rely on."""

from __future__ import annotations

import subprocess
import sys

from tests.processes import Home

NO_NETWORK = {"http_proxy": "http://192.0.2.1:9", "https_proxy": "http://192.0.2.1:9", "QUIVIVE_CONFIG": "/nonexistent/config.toml"}
"""A proxy that does not exist, for whatever would heed it."""

SABOTAGED = """
import sys
from quivive.cli import main
from quivive.demo import play, sinks

sinks.verified_payload = lambda *_: None  # the webhook's receiver turns everything away
play.STEP_SECONDS = 1.5
sys.argv = ["quivive", "demo"]
if __name__ == "__main__":
    main()
"""


def test_the_demonstration_shows_every_step_and_ends_by_itself_within_a_minute_with_status_0(tmp_path) -> None:
    done = Home(tmp_path).quivive("demo", env=NO_NETWORK, timeout=59)
    assert done.status == 0, done.out + done.err
    for step in ("The setting", "Step 0", "Step 1", "Step 2", "Step 3", "What arrived", "The first mail", "A search", "Summary"):
        assert step in done.out
    for shown in ("alert [OpenAI–OTAN]", "mail      [OpenAI–OTAN]", "webhook   [OpenAI–OTAN]", "turned away with 503"):
        assert shown in done.out
    assert "every expected alert came exactly once, and no other did" in done.out
    assert "WRONG" not in done.out
    assert "Traceback" not in done.err
    assert "\x1b" not in done.out


def test_the_demonstration_leaves_nothing_behind(tmp_path) -> None:
    (tmp_path / "tmp").mkdir()
    home = Home(tmp_path, {"TMPDIR": str(tmp_path / "tmp")})
    with home.start("demo") as demo:
        demo.wait_for_out("Step 0")
        demo.terminate()
        assert demo.wait() == 1
        assert "Traceback" not in demo.log
    assert not list((tmp_path / "tmp").iterdir())


def test_the_demonstration_ends_with_status_1_and_says_what_is_wrong_when_alerts_do_not_arrive(tmp_path) -> None:
    home = Home(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", SABOTAGED], cwd=tmp_path, env=home.environ(), capture_output=True, text=True, timeout=59, check=False
    )
    assert done.returncode == 1
    assert "WRONG: " in done.stdout
    assert "did not come" in done.stdout
    assert "every expected alert came exactly once" not in done.stdout
    assert "Traceback" not in done.stderr
