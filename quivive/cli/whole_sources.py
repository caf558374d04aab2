"""A source whole, for people. Pure."""

from __future__ import annotations

from news.answers import SourceHealth
from news.one_thing import GapRecord, PollRecord, WholeSource
from news.page_readings import PageReadings
from news.repairing import RepairState
from news.sources import PollKind, Problem, SourceStatus
from news.websub import Subscription, SubscriptionState, is_live
from news.wording import Language
from quivive.cli.coverage import tell_coverage
from quivive.cli.rhythm import show_rhythm
from quivive.cli.sheet import Sheet, View
from quivive.cli.tables import Cell, Column, Place, make_table
from quivive.texts import visible

RHYTHM_DAYS = 28
STATUS_STYLES: dict[SourceStatus, dict[str, object]] = {
    SourceStatus.NEW: {"fg": "yellow"},
    SourceStatus.OK: {"fg": "green"},
    SourceStatus.FAILING: {"fg": "red"},
    SourceStatus.MOVED: {"fg": "yellow"},
    SourceStatus.BLOCKED: {"fg": "red"},
    SourceStatus.GONE: {"fg": "red"},
    SourceStatus.SILENT: {"fg": "yellow"},
    SourceStatus.UNREACHABLE: {"fg": "yellow"},
}


def tell_status(status: SourceStatus, language: Language) -> str:
    """The status of a source in the user's language; JSON has the fixed English word."""
    text = language.text
    return {
        SourceStatus.NEW: text("new"),
        SourceStatus.OK: text("ok"),
        SourceStatus.FAILING: text("failing"),
        SourceStatus.MOVED: text("moved"),
        SourceStatus.BLOCKED: text("blocked"),
        SourceStatus.GONE: text("gone"),
        SourceStatus.SILENT: text("silent"),
        SourceStatus.UNREACHABLE: text("unreachable"),
    }[status]


def tell_problem(problem: Problem | None, language: Language) -> str:
    """Why a source fails, with its code."""
    return visible(f"{problem.code}: {language.tell(problem.message)}") if problem else ""


def tell_format(format_name: str | None, language: Language) -> str:
    """What kind of document a source is; the names of standards are the same in every language."""
    text = language.text
    own_words = {
        "sitemap": text("sitemap"),
        "news sitemap": text("news sitemap"),
        "sitemap index": text("index of sitemaps"),
        "page": text("page, read by rules"),
    }
    return own_words.get(format_name or "", format_name or "")


def tell_unread_pages(pages: PageReadings, view: View) -> str:
    """How many of a source's last pages could not be read, and since when most of them; nothing where all could."""
    if not pages.unread:
        return ""
    values = {"unread": view.language.number(pages.unread), "pages": view.language.number(len(pages.marks))}
    if pages.failing_since is None:
        return view.language.text("{unread} of {pages}", **values)
    return view.language.text("{unread} of {pages}, since {time}", time=view.time(pages.failing_since), **values)


def tell_remark(source: SourceHealth, language: Language) -> str:
    """Why a source fails, or what else there is to know and to do about how it stands."""
    text = language.text
    problem = tell_problem(source.last_error, language)
    if source.status is SourceStatus.UNREACHABLE:
        return text("this machine’s own line is down; nothing is counted against the source")
    if source.status is SourceStatus.GONE:
        return text("{problem} It is looked for every day, and after a week every week.", problem=problem)
    if source.status is SourceStatus.MOVED and source.moved_to is not None:
        return text("polled at {url} now: write that address into the configuration", url=visible(source.moved_to))
    return problem


def show_source(sheet: Sheet, whole: WholeSource) -> None:
    """A source on a sheet: how it stands, its rhythm, its gaps and its last polls."""
    text = sheet.view.language.text
    _show_head(sheet, whole)
    show_rhythm(sheet, whole.hours, RHYTHM_DAYS)
    if whole.gaps:
        sheet.heading(text("Gaps"))
        for gap in whole.gaps:
            sheet.note(_tell_gap(gap, sheet.view))
    if whole.subscriptions:
        sheet.heading(text("Hubs"))
        for one in whole.subscriptions:
            sheet.note(tell_subscription(one, sheet.view))
    if whole.polls:
        sheet.heading(text("Last polls"))
        sheet.notes(_show_polls(sheet.view, whole))


def _show_head(sheet: Sheet, whole: WholeSource) -> None:
    text = sheet.view.language.text
    health, view = whole.health, sheet.view
    sheet.title(health.name)
    sheet.address(health.url)
    sheet.blank()
    sheet.fact(text("status"), tell_status(health.status, view.language), **STATUS_STYLES[health.status])
    sheet.fact(text("since"), view.time(health.status_since) if health.status_since else "")
    sheet.fact(text("problem"), tell_remark(health, view.language))
    if health.consecutive_failures:
        since = sheet.view.language.plural("{count} poll failed", "{count} polls failed one after the other", health.consecutive_failures)
        sheet.fact(text("failures"), since)
    sheet.fact(text("articles"), str(health.articles))
    sheet.fact(text("unread pages"), tell_unread_pages(health.pages, view))
    sheet.fact(text("coverage"), tell_coverage(whole.coverage, view))
    sheet.fact(text("last entry"), _tell_last_entry(whole, view))
    sheet.fact(text("last poll"), view.time(health.last_polled_at))
    sheet.fact(text("succeeded"), view.time(health.last_success_at))
    if whole.is_configured:
        sheet.fact(
            text("next poll"),
            text("{time}, every {span}", time=view.time(health.next_poll_at), span=view.language.duration(health.interval)),
        )
    else:
        sheet.fact(text("next poll"), text("never: it is no longer in the configuration"))
    if whole.distrusted_at:
        hidden = text("not believed since {time}: it said “not modified” and hid new entries", time=view.time(whole.distrusted_at))
        sheet.fact(text("its server"), hidden)
    sheet.fact(text("tags"), ", ".join(whole.tags))
    sheet.fact(text("added"), view.time(whole.added_at))


def _tell_last_entry(whole: WholeSource, view: View) -> str:
    text = view.language.text
    if whole.last_entry_at is None:
        return text("none so far")
    return text("{time}, {span} ago", time=view.time(whole.last_entry_at), span=view.language.duration(view.now - whole.last_entry_at))


def _tell_gap(gap: GapRecord, view: View) -> str:
    text = view.language.text
    message = text("{message}; {rest}", message=view.language.tell(gap.message), rest=_tell_what_became(gap, view))
    if gap.from_at is None:
        return text("until {end}: {message}", end=view.time(gap.to_at), message=message)
    return text("{start} to {end}: {message}", start=view.time(gap.from_at), end=view.time(gap.to_at), message=message)


def _tell_what_became(gap: GapRecord, view: View) -> str:
    """What was found of it since, and what is still to be done or in the way."""
    text, problem = view.language.text, tell_problem(gap.problem, view.language)
    found = view.language.plural("{count} entry was found", "{count} entries were found", gap.found)
    if gap.state is RepairState.REPAIRED:
        return text("filled: {found}", found=found)
    if gap.state is RepairState.OPEN:
        return text("it is being filled, next at {time}: {found}", time=view.time(gap.next_repair_at), found=found)
    if gap.state is RepairState.PARTLY:
        return text("filled from {time} on: {found} ({problem})", time=view.time(gap.reached_at), found=found, problem=problem)
    return text("not filled ({problem})", problem=problem) if problem else text("not filled")


def tell_subscription(one: Subscription, view: View) -> str:
    """How a subscription stands, and why."""
    text = view.language.text
    hub, reason = visible(one.hub), visible(view.language.tell(one.message or ""))
    if is_live(one, view.now):
        if one.told_at is None:
            return text("{hub}: tells of news until {time}; it has told of none so far", hub=hub, time=view.time(one.lease_ends_at))
        last = view.time(one.told_at)
        return text("{hub}: tells of news until {time}; last told {last}", hub=hub, time=view.time(one.lease_ends_at), last=last)
    if one.state is SubscriptionState.FOUND:
        return text("{hub}: named by the feed, not asked yet; needs [web] public_url and the daemon", hub=hub)
    if one.state is SubscriptionState.LEAVING:
        return text("{hub}: no longer wanted; it is told so", hub=hub)
    again = view.time(one.next_attempt_at)
    if not reason:
        return text("{hub}: its lease is over; it is asked again {time}", hub=hub, time=again)
    return text("{hub}: {reason}; it is asked again {time}", hub=hub, reason=reason.rstrip("."), time=again)


def _show_polls(view: View, whole: WholeSource) -> list[str]:
    text = view.language.text
    columns = [
        Column(text("time")),
        Column(text("answer"), Place.FLEXIBLE),
        Column(text("entries"), right=True),
        Column(text("new"), right=True),
        Column(text("changed"), right=True),
        Column(text("took"), right=True),
        Column(text("size"), Place.WIDE, right=True),
        Column(text("problem"), Place.BENEATH),
    ]
    later = (None, *(poll.problem for poll in whole.polls))
    return list(make_table(view.terminal, columns, [_poll_row(*pair, view) for pair in zip(whole.polls, later, strict=False)]))


def _poll_row(poll: PollRecord, later: Problem | None, view: View) -> list[Cell | str]:
    """A poll; a problem that the one `later` had too is told there. The newest stand first."""
    problem = tell_problem(poll.problem, view.language)
    status = [str(poll.http_status)] if poll.http_status else []
    return [
        view.time(poll.polled_at),
        " ".join([*status, _tell_poll(poll.kind, view.language)]),
        str(poll.entries_seen),
        str(poll.entries_new),
        str(poll.entries_changed),
        view.language.text("{seconds} s", seconds=view.language.number(round(poll.seconds, 1))),
        view.language.size(poll.body_bytes),
        Cell("" if poll.problem == later else problem, whole=problem),
    ]


def _tell_poll(kind: PollKind, language: Language) -> str:
    text = language.text
    return {
        PollKind.UNCHANGED: text("not modified"),
        PollKind.SAME_BODY: text("the same as before"),
        PollKind.PARSED: text("read"),
        PollKind.FAILED: text("failed"),
    }[kind]
