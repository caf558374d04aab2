"""`quivive status`: one look at everything, and what needs care; for supervisors, what is wrong."""

from __future__ import annotations

import click

from quivive.cli.context import get_configuration, get_reader, get_view, print_json, print_lines
from quivive.cli.json_status import status_json
from quivive.cli.own_templates import tell_template_troubles
from quivive.cli.sheet import Sheet, View
from storage import ArchiveReader

MOST_PAGES = 100


@click.command("status")
@click.option("--check", is_flag=True, help="For supervisors: print only what is wrong, and exit 1 if anything is.")
@click.option("--long", is_flag=True, help="Name all that needs care, and the delay of each source.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(context: click.Context, check: bool, long: bool, as_json: bool) -> None:
    """Show whether everything is well, what needs care, and how fast alerts were."""
    configuration = get_configuration(context)
    reader, view = get_reader(configuration), get_view(configuration)
    if check:
        context.exit(1 if _print_alarms(reader, view) else 0)
    status = reader.report_status(view.now)
    pages = reader.report_pages(MOST_PAGES)
    if as_json:
        print_json(status_json(status, pages))
        return
    from quivive.cli.overview import show_status

    sheet = Sheet(view)
    show_status(sheet, status, pages, long=long)
    sheet.notes(tell_template_troubles(configuration))
    print_lines(sheet.lines)


def _print_alarms(reader: ArchiveReader, view: View) -> bool:
    """Tell what is wrong now; whether anything is."""
    from news.care import Vitals, find_alarms
    from quivive.cli.alarms import tell_alarm

    status = reader.report_status(view.now)
    since, reason = (status.waiting.since, status.waiting.reason) if status.waiting else (None, None)
    vitals = Vitals(status.writer_pid is not None, status.alive_at, since, reason)
    sheet = Sheet(view)
    for alarm in find_alarms(vitals, status.care, view.now, status.line_down_since):
        sheet.note(tell_alarm(alarm, view), "")
    print_lines(sheet.lines)
    return bool(sheet.lines)
