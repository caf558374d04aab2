"""What is wrong, in words for supervisors and whoever reads their mail. Pure."""

from __future__ import annotations

from news.care import Alarm, AlarmKind
from quivive.cli.sheet import View
from quivive.texts import visible


def tell_alarm(alarm: Alarm, view: View) -> str:
    """One line on one thing that is wrong."""
    text, plural = view.language.text, view.language.plural
    values = {"name": visible(alarm.name), "time": view.time(alarm.since)}
    reason = visible(view.language.tell(alarm.reason or ""))
    match alarm.kind:
        case AlarmKind.STOPPED:
            return text("the daemon does not run: nothing is watched")
        case AlarmKind.HUNG:
            return text("the daemon hangs: its last sign of life was {time}; restart it", **values)
        case AlarmKind.WAITING:
            return text("the daemon cannot write the archive since {time}: {reason}", reason=reason, **values)
        case AlarmKind.LINE:
            return text("no source can be reached since {time}: this machine’s own line seems to be down", **values)
        case AlarmKind.OVERDUE:
            return plural(
                "{count} source is long overdue: {name}, since {time}",
                "{count} sources are long overdue, the longest {name}, since {time}",
                alarm.count,
                **values,
            )
        case AlarmKind.DEAD:
            return plural(
                "{count} delivery to {name} is dead: {reason}",
                "{count} deliveries to {name} are dead, the last because: {reason}",
                alarm.count,
                reason=reason,
                **values,
            )
