"""What the policy of a channel means, in the line that `check` says of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from news.escalating import Escalation
from news.pace import Pace
from news.plans import Policy
from news.schedules import parse_quiet, parse_schedule
from quivive.cli.policies import tell_policy
from quivive.languages import make_language
from tests.processes import Home

ENGLISH = make_language("en", ZoneInfo("Europe/Paris"))
MORNINGS = parse_schedule("weekdays 07:30")


@pytest.mark.parametrize(
    ("policy", "meaning"),
    [
        (Policy(), "at once"),
        (Policy(when=MORNINGS), "weekdays at 07:30 in one message"),
        (Policy(when=parse_schedule("hourly")), "hourly in one message"),
        (Policy(when=parse_schedule("daily 08:00")), "daily at 08:00 in one message"),
        (Policy(when=parse_schedule("30 7 * * 1-5")), "at the times of cron 30 7 * * 1-5 in one message"),
        (Policy(quiet=parse_quiet("22:00-07:00 sun")), "at once, quiet 22:00-07:00 sun"),
        (Policy(most_per_hour=5), "at once, 5 messages an hour at most, the rest as one summary"),
        (Policy(pace=Pace(per_second=0.5)), "at once, 0.5 a second at most"),
        (Policy(escalate=Escalation(timedelta(minutes=30), "b")), "at once, to b if given up, or not acknowledged within 30 min"),
    ],
)
def test_each_key_of_a_policy_is_told(policy: Policy, meaning: str) -> None:
    assert tell_policy(policy, ENGLISH) == meaning


def test_what_is_urgent_is_told_of_where_something_else_would_hold_it() -> None:
    assert tell_policy(Policy(when=MORNINGS), ENGLISH, has_urgent=True) == "weekdays at 07:30 in one message, urgent at once"
    assert tell_policy(Policy(quiet=parse_quiet("sat")), ENGLISH, has_urgent=True) == "at once, quiet sat, urgent at once"
    assert tell_policy(Policy(), ENGLISH, has_urgent=True) == "at once"


def test_check_says_it_of_the_channels_of_a_topic_with_something_urgent(tmp_path: Path) -> None:
    home = Home(tmp_path)
    channels = "".join(f'[channels.{name}]\ntype = "feed"\npath = "{name}.atom"\nwhen = "weekdays 07:30"\n' for name in ("a", "b"))
    topics = 'sources = []\n[[topics]]\nname = "OTAN"\nquery = "otan"\nurgent = "attentat"\nnotify = ["a"]\n'
    home.write_config(f'{topics}[[topics]]\nname = "Fibre"\nquery = "fibre"\nnotify = ["a", "b"]\n{channels}')
    told = [line for line in home.call("check").out.splitlines() if line.startswith("channel ")]
    assert told == ["channel a: weekdays at 07:30 in one message, urgent at once", "channel b: weekdays at 07:30 in one message"]
