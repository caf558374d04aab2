"""What the policy of a channel means, in one line for people. Pure."""

from __future__ import annotations

from news.plans import Policy
from news.schedules import Schedule
from news.wording import Language


def tell_policy(policy: Policy, language: Language, *, has_urgent: bool = False) -> str:
    """When the channel is told, and what holds that up: "weekdays at 07:30 in one message, quiet 22:00-07:00, urgent at once".

    `has_urgent`: some topic that tells the channel says what is urgent, which nothing of the policy holds.
    """
    text = language.text
    told = [_tell_schedule(policy.when, language) if policy.when else text("at once")]
    if policy.quiet:
        told.append(text("quiet {hours}", hours=policy.quiet.text))
    if policy.most_per_hour is not None:
        told.append(
            language.plural(
                "{count} message an hour at most, the rest as one summary",
                "{count} messages an hour at most, the rest as one summary",
                policy.most_per_hour,
            )
        )
    if has_urgent and (policy.when or policy.quiet or policy.most_per_hour is not None):
        told.append(text("urgent at once"))
    if policy.pace.per_second is not None:
        told.append(text("{number} a second at most", number=f"{policy.pace.per_second:g}"))
    if policy.escalate:
        after = language.duration(policy.escalate.after)
        told.append(text("to {channel} if given up, or not acknowledged within {after}", channel=policy.escalate.to, after=after))
    return ", ".join(told)


def _tell_schedule(schedule: Schedule, language: Language) -> str:
    kind, _, clock = schedule.text.partition(" ")
    match kind:
        case "hourly":
            return language.text("hourly in one message")
        case "daily":
            return language.text("daily at {clock} in one message", clock=clock)
        case "weekdays":
            return language.text("weekdays at {clock} in one message", clock=clock)
        case _:
            return language.text("at the times of cron {cron} in one message", cron=schedule.cron)
