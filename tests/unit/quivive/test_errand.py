"""What an errand heeds of all that a daemon does, and what it still waits for."""

from datetime import UTC, datetime

from news.alerts import Alert, AlertedArticle, AlertKind, AttemptResult, DeliveryStatus, article_subject, make_delivery_id
from news.sources import DuePage, DueSource, PageOutcome, PollKind, PollOutcome, Problem
from quivive.beside.errand import Errand
from storage import Tally

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
JOURNAL, GAZETTE = DueSource(1, "https://journal.example/feed"), DueSource(2, "https://gazette.example/feed")


def poll(source: DueSource, problem: Problem | None = None) -> PollOutcome:
    return PollOutcome(source.source_id, source.url, NOW, 0.1, PollKind.FAILED if problem else PollKind.PARSED, problem=problem)


def alert() -> Alert:
    article = AlertedArticle(7, "https://journal.example/a", "L’OTAN", "Le Journal", None, "fr", None, NOW, "")
    return Alert("a1", "OTAN", AlertKind.NEW, NOW, None, article, (), article_subject(7))


def attempt(*ids: str, status: DeliveryStatus = DeliveryStatus.SENT) -> AttemptResult:
    return AttemptResult("b1", ids, NOW, status, NOW if status is DeliveryStatus.PENDING else None)


def make_errand() -> Errand:
    return Errand([JOURNAL], {"OTAN": ("hook", "mail")})


def test_it_counts_its_own_sources_once_and_no_others():
    errand = make_errand()
    errand.note_poll(poll(GAZETTE), Tally(entries_new=5))
    errand.note_poll(poll(JOURNAL), Tally(entries_new=2))
    errand.note_poll(poll(JOURNAL), Tally(entries_new=2))  # by its schedule, later
    assert (errand.totals.polled, errand.totals.entries_new) == (1, 2)
    assert not errand.sources


def test_it_waits_for_the_pages_that_its_polls_bring_and_counts_what_they_bring():
    errand = make_errand()
    errand.note_poll(poll(JOURNAL), Tally(pages=[DuePage(70, 1, "https://journal.example/a")]))
    assert errand.pages == {70}
    errand.note_page(PageOutcome(99, 2, "https://gazette.example/b", NOW, 0.1), Tally(articles_new=1))
    errand.note_page(PageOutcome(70, 1, "https://journal.example/a", NOW, 0.1), Tally(articles_new=1))
    assert not errand.pages
    assert errand.totals.articles_new == 1


def test_it_waits_for_the_first_attempt_at_each_delivery_of_its_alerts():
    errand = make_errand()
    errand.note_poll(poll(JOURNAL), Tally(alerts=[alert()]))
    hook, mail = (make_delivery_id("a1", channel) for channel in ("hook", "mail"))
    assert errand.deliveries == {hook, mail}
    errand.note_attempt(attempt("another's"))
    errand.note_attempt(attempt(hook))
    errand.note_attempt(attempt(mail, status=DeliveryStatus.PENDING))
    assert not errand.deliveries
    assert errand.totals.sent == 1
    errand.note_attempt(attempt(mail))  # the second attempt, while it waits for something else
    assert errand.totals.sent == 2


def test_it_keeps_what_is_to_be_told():
    errand = make_errand()
    errand.note_poll(poll(JOURNAL, Problem("timeout", "It took too long.")), Tally(alerts=[alert()]))
    assert [failed.url for failed in errand.failures] == [JOURNAL.url]
    assert errand.untold == [alert()]
