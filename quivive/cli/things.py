"""Finding what people mean by an id, an address or a name, and printing it."""

from __future__ import annotations

from functools import reduce

from news.alert_answers import AlertRecord
from news.errors import UsageError
from news.one_thing import Whole, WholeAlert, WholeArticle, WholeDelivery, WholeSource, WholeTopic
from news.things import Thing, ThingKind
from news.wording import Wording
from quivive.cli.articles import show_article, show_article_head, show_hits
from quivive.cli.changed_words import show_changes
from quivive.cli.context import print_lines
from quivive.cli.deliveries import show_alert, show_alert_head, show_delivery
from quivive.cli.health import show_health
from quivive.cli.otherwise import show_differences
from quivive.cli.sheet import Sheet, View
from quivive.cli.surges import show_surge
from quivive.cli.whole_sources import show_source
from quivive.cli.whole_topics import show_topic
from quivive.config import Configuration
from quivive.texts import visible
from storage import ArchiveReader


def find_thing(configuration: Configuration, reader: ArchiveReader, what: str, kind: ThingKind | None = None) -> Thing:
    """The one thing that is meant, of that kind if one is given. Raises `UsageError` where it is none or several."""
    found = reader.find_things(what, [topic.name for topic in configuration.topics])
    meant = [thing for thing in found if kind in {None, thing.kind}]
    if not meant:
        raise UsageError(_say_unknown(what, kind))
    if len(meant) > 1:
        several = Wording("'{what}' may mean several things:", what=what)
        raise UsageError(reduce(_beneath, map(_tell, meant), several))
    return meant[0]


def _beneath(above: Wording, line: Wording) -> Wording:
    return Wording("{above}\n{line}", above=above, line=line)


def _say_unknown(what: str, kind: ThingKind | None) -> Wording:
    if kind is ThingKind.SOURCE:
        return Wording("no source is called '{what}'; `quivive sources` lists them", what=what)
    if kind is ThingKind.TOPIC:
        return Wording("no topic is called '{what}'; `quivive topics` lists them", what=what)
    return Wording(
        "nothing is known under '{what}': give the number or the address of an article, an id of an alert or a delivery "
        "(or at least the first 4 letters of it), or the name of a source or a topic",
        what=what,
    )


def _tell(thing: Thing) -> Wording:
    """A thing with the words that name it alone."""
    key, name = thing.key, visible(thing.name)
    return {
        ThingKind.ARTICLE: Wording("  quivive show {key}   the article “{name}”", key=key, name=name),
        ThingKind.ALERT: Wording("  quivive show {key}   an alert of {name}", key=key, name=name),
        ThingKind.DELIVERY: Wording("  quivive show {key}   a delivery to {name}", key=key, name=name),
        ThingKind.SOURCE: Wording("  quivive sources '{name}'   the source", name=name),
        ThingKind.TOPIC: Wording("  quivive topics '{name}'   the topic", name=name),
    }[thing.kind]


def print_whole(view: View, whole: Whole) -> None:
    """Everything about a thing, for people."""
    sheet = Sheet(view)
    match whole:
        case WholeArticle():
            show_article(sheet, whole)
        case WholeAlert():
            _show_alert(sheet, whole)
        case WholeDelivery():
            _show_delivery(sheet, whole)
        case WholeSource():
            show_source(sheet, whole)
        case WholeTopic():
            show_topic(sheet, whole)
    print_lines(sheet.lines)


def _show_alert(sheet: Sheet, whole: WholeAlert) -> None:
    text = sheet.view.language.text
    if whole.article is None:
        _show_news(sheet, whole.alert.record)
    else:
        show_article_head(sheet, whole.article)
    sheet.heading(text("Alert"))
    show_alert(sheet, whole.alert)
    if whole.article is None:
        return
    if whole.alert.record.changes:
        sheet.heading(text("Correction"))
        show_changes(sheet, whole.alert.record.changes)
    show_differences(sheet, whole.alert.record.differences)
    sheet.heading(text("Why"))
    show_hits(sheet, whole.alert.record.hits, "  ")
    sheet.blank()
    article = whole.article.article.article_id
    sheet.note(text("`quivive show {article}` shows the article whole", article=article), "")


def _show_news(sheet: Sheet, alert: AlertRecord) -> None:
    """What an alert says that is about no article, as the head of a sheet."""
    show_health(sheet, alert)
    show_surge(sheet, alert)


def _show_delivery(sheet: Sheet, whole: WholeDelivery) -> None:
    text = sheet.view.language.text
    if whole.alert.news is None:
        sheet.title(whole.alert.title)
        sheet.address(whole.alert.article_url or "")
    else:
        _show_news(sheet, whole.alert)
    sheet.heading(text("Alert"))
    show_alert_head(sheet, whole.alert)
    sheet.heading(text("Delivery"))
    show_delivery(sheet, whole.delivery, "  ")
    sheet.blank()
    sheet.fact(text("message id"), whole.delivery.message_id or text("none yet: it is not planned"))
    sheet.fact(
        text("given up"),
        text("at the latest {time}", time=sheet.view.time(whole.delivery.give_up_at)),
    )
