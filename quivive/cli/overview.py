"""One look at everything, for people: how much there is, what needs care, and how fast alerts were. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from news.answers import ArchiveStatus, Gap, PageState, PageTrouble, SourceCounts
from news.care import Care, ChannelTrouble, Delays, FailingSource, SilentSource, UnreadPages
from news.rebuilding import RebuildingPart
from quivive.cli.sheet import Sheet, View
from quivive.cli.tables import Column, Place, make_table
from quivive.texts import visible

MOST_NAMED = 5
"""Of each kind of trouble, unless all of it is asked for."""
_TROUBLE: dict[str, object] = {"fg": "yellow"}


def show_status(sheet: Sheet, status: ArchiveStatus, pages: Sequence[PageTrouble], *, long: bool) -> None:
    """Everything about the archive and the daemon at one look."""
    _show_daemon(sheet, status)
    _show_counts(sheet, status)
    _show_delay(sheet, status.care)
    _show_care(sheet, status, pages, long=long)
    if long and status.care.delays:
        _show_delays(sheet, status.care)


def _show_daemon(sheet: Sheet, status: ArchiveStatus) -> None:
    view, text, size = sheet.view, sheet.view.language.text, sheet.view.language.size
    last = view.time(status.contents.last_poll_at)
    if status.writer_pid:
        sheet.fact(text("daemon"), text("running as process {pid}; last poll {time}", pid=status.writer_pid, time=last), fg="green")
    else:
        sheet.fact(text("daemon"), text("not running; last poll {time}", time=last), fg="red")
    database = size(status.size_bytes - status.log_bytes)
    sheet.fact(text("archive"), text("{database}, and {log} of write-ahead log", database=database, log=size(status.log_bytes)))
    sheet.fact("", status.path)
    if status.line_down_since is not None:
        down = text("this machine’s own line is down since {time}: nothing is polled but a probe", time=view.time(status.line_down_since))
        sheet.fact(text("line"), down, **_TROUBLE)
    if waiting := status.waiting:
        told = text("to write, since {time}: {reason}", time=view.time(waiting.since), reason=view.language.tell(waiting.reason))
        sheet.fact(text("waiting"), told, **_TROUBLE)
    if rebuilding := status.contents.rebuilding:
        part = _tell_part(rebuilding.part, view)
        done = view.language.percent(rebuilding.percent / 100)
        told = text("{part} for this version: {done}; searches go on, and say where they may be incomplete", part=part, done=done)
        sheet.fact(text("rebuilding"), told)


def _tell_part(part: RebuildingPart, view: View) -> str:
    text = view.language.text
    return {
        RebuildingPart.HASHES: text("fingerprints of the texts"),
        RebuildingPart.INDEX: text("index of words"),
        RebuildingPart.SHINGLES: text("samples by which copies are known"),
        RebuildingPart.STORIES: text("stories of the articles"),
        RebuildingPart.OLD_INDEX: text("clearing away the old index"),
    }[part]


def _show_counts(sheet: Sheet, status: ArchiveStatus) -> None:
    text, number, contents = sheet.view.language.text, sheet.view.language.number, status.contents
    sources, articles, deliveries = contents.sources, contents.articles, contents.deliveries
    told = text(
        "{total}: {ok} ok, {failing} failing, {new} never polled",
        total=number(sources.total),
        ok=number(sources.ok),
        failing=number(sources.failing),
        new=number(sources.new),
    )
    sheet.fact(text("sources"), ", ".join([told, *_tell_other_states(sources, sheet.view)]))
    told = text("{total}, {lately} in the last 24 h", total=number(articles.total), lately=number(articles.last_24h))
    sheet.fact(text("articles"), told)
    sheet.fact(text("revisions"), number(articles.revisions))
    told = text("{due} to be fetched, {given_up} given up", due=number(contents.pages.due), given_up=number(contents.pages.given_up))
    sheet.fact(text("pages"), told)
    told = text("{total}, {lately} in the last 24 h", total=number(contents.alerts.total), lately=number(contents.alerts.last_24h))
    sheet.fact(text("alerts"), told)
    told = text(
        "{sent} sent, {waiting} waiting, {held} held, {dead} dead",
        sent=number(deliveries.sent),
        waiting=number(deliveries.pending),
        held=number(deliveries.held),
        dead=number(deliveries.dead),
    )
    sheet.fact(text("deliveries"), told)


def _tell_other_states(sources: SourceCounts, view: View) -> list[str]:
    """How many are in the states that are seldom, of those in which any are."""
    plural = view.language.plural
    told = [
        (sources.moved, plural("{count} moved", "{count} moved", sources.moved)),
        (sources.blocked, plural("{count} blocked", "{count} blocked", sources.blocked)),
        (sources.gone, plural("{count} gone", "{count} gone", sources.gone)),
        (sources.silent, plural("{count} silent", "{count} silent", sources.silent)),
        (sources.unreachable, plural("{count} unreachable", "{count} unreachable", sources.unreachable)),
    ]
    return [text for count, text in told if count]


def _show_delay(sheet: Sheet, care: Care) -> None:
    """From publication to alert, of all sources together."""
    text, duration = sheet.view.language.text, sheet.view.language.duration
    if not care.delays:
        sheet.fact(text("delay"), text("no alert in the last 7 days whose publication is known"))
        return
    whole = care.delays[0]
    told = sheet.view.language.plural(
        "{median} after publication ({count} alert in the last 7 days)",
        "half within {median} after publication, 95 % within {slow} ({count} alerts in the last 7 days)",
        whole.alerts,
        median=duration(whole.median),
        slow=duration(whole.slow),
    )
    sheet.fact(text("delay"), told)


def _show_care(sheet: Sheet, status: ArchiveStatus, pages: Sequence[PageTrouble], *, long: bool) -> None:
    care, view = status.care, sheet.view
    groups = [
        [_tell_failing(one, view) for one in care.failing],
        [_tell_silent(one, view) for one in care.silent],
        [_tell_gap(one, view) for one in status.contents.gaps],
        [_tell_unread_pages(one, view) for one in care.unread_pages],
        [_tell_channel(one, view) for one in care.channels],
        [_tell_page(one, view) for one in pages],
    ]
    if not any(groups):
        return
    sheet.heading(view.language.text("What needs care"))
    for lines in groups:
        shown = lines if long else lines[:MOST_NAMED]
        for line in shown:
            sheet.entry(line)
        if len(shown) < len(lines):
            more = view.language.text("and {count} more like this: `quivive status --long`", count=len(lines) - len(shown))
            sheet.entry(more)


def _tell_failing(one: FailingSource, view: View) -> str:
    text, problem = view.language.text, f"{one.problem.code}: {view.language.tell(one.problem.message)}"
    name = visible(one.name)
    if not one.failures:
        return text("{name} brought a damaged feed: {problem}", name=name, problem=problem)
    if one.since is None:
        return text("{name} has never been read: {problem}", name=name, problem=problem)
    return text("{name} fails since {time}: {problem}", name=name, time=view.time(one.since), problem=problem)


def _tell_silent(one: SilentSource, view: View) -> str:
    return view.language.text(
        "{name} is silent since {time}, for {span}; it used to bring something every {pause}",
        name=visible(one.name),
        time=view.time(one.since),
        span=view.language.duration(view.now - one.since),
        pause=view.language.duration(one.usual_pause),
    )


def _tell_gap(gap: Gap, view: View) -> str:
    return view.language.plural(
        "{name} may have a gap before {time}: {message}",
        "{name} may have {count} gaps in a week, the last before {time}: {message}",
        gap.count,
        name=visible(gap.source),
        time=view.time(gap.polled_at),
        message=_tell_cause(gap, view),
    )


def _tell_cause(gap: Gap, view: View) -> str:
    """What is said of the last, and what is done about it, or why nothing can be."""
    text, message = view.language.text, view.language.tell(gap.message)
    if gap.open:
        return text("{message}; {rest}", message=message, rest=text("what was missed is being looked for"))
    return text("{message}; {rest}", message=message, rest=view.language.tell(gap.problem.message)) if gap.problem else message


def _tell_unread_pages(one: UnreadPages, view: View) -> str:
    return view.language.text(
        "{name}: {unread} of its last {pages} pages could not be read, most of them since {time}; the site may have changed them",
        name=visible(one.name),
        unread=one.unread,
        pages=one.pages,
        time=view.time(one.since),
    )


def _tell_channel(one: ChannelTrouble, view: View) -> str:
    text, plural = view.language.text, view.language.plural
    waiting = plural("{count} delivery waits", "{count} deliveries wait", one.waiting)
    dead = plural("{count} delivery is dead", "{count} deliveries are dead", one.dead)
    told = text("{dead}, {waiting}", dead=dead, waiting=waiting) if one.dead and one.waiting else dead if one.dead else waiting
    values = {"channel": visible(one.channel), "time": view.time(one.since), "reason": view.language.tell(one.reason or "")}
    if not one.dead and one.left_alone_until is not None:
        until = view.time(one.left_alone_until)
        return text(
            "{channel}: {deliveries}, since {time}; it is left alone until {until}: {reason}", deliveries=told, until=until, **values
        )
    if not one.dead:
        return text("{channel}: {deliveries}, since {time}: {reason}", deliveries=told, **values)
    return text("{channel}: {deliveries}, since {time}: {reason} (`quivive alerts --status dead`)", deliveries=told, **values)


def _tell_page(page: PageTrouble, view: View) -> str:
    text, problem = view.language.text, f"{page.error.code}: {view.language.tell(page.error.message)}"
    url = visible(page.url or "")
    if page.state is PageState.GIVEN_UP:
        return text("page given up: {url} ({problem})", url=url, problem=problem)
    return text("page to be tried again: {url} ({problem})", url=url, problem=problem)


def _show_delays(sheet: Sheet, care: Care) -> None:
    view, text = sheet.view, sheet.view.language.text
    sheet.heading(text("From publication to alert"))
    columns = [
        Column(text("source"), Place.FLEXIBLE),
        Column(text("alerts"), right=True),
        Column(text("half within"), right=True),
        Column(text("95 % within"), right=True),
    ]
    sheet.notes(make_table(view.terminal, columns, [_delay_row(one, view) for one in care.delays]))


def _delay_row(one: Delays, view: View) -> list[str]:
    name = view.language.text("all sources") if one.source is None else visible(one.source)
    return [name, view.language.number(one.alerts), view.language.duration(one.median), view.language.duration(one.slow)]
