"""Subscribing at a real hub, and being told by it: the W3C's tests for subscribers (websub.rocks) by their numbers, and more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from news.sources import DueSource, PollOutcome
from news.websub import Subscription, SubscriptionState, is_live
from quivive.config import load_config
from quivive.hubs import Hubs
from quivive.service import Service
from quivive.wiring import open_archive
from storage import Tally
from storage.recording.subscriptions import list_subscriptions
from tests.hub import Hub
from tests.mailbox import closed_port
from tests.news_site import NewsSite, item
from tests.processes import wait_until

SOURCES = 40
LONGEST_WAIT_SECONDS = 30


class Listening:
    """A service that listens to hubs, on an event loop in a thread; due work is taken up only when a test says so."""

    def __init__(self, folder: Path, site: NewsSite) -> None:
        self.port = closed_port()
        sources = "".join(f'[[sources]]\nurl = "{site.url(f"/feed{number}")}"\narticles = "feed"\n' for number in range(SOURCES))
        (folder / "config.toml").write_text(
            '[crawler]\ninterval = "12h"\ndelay_per_host = "0s"\nconcurrency_per_host = 8\n'
            'allow_addresses = ["127.0.0.0/8"]\nmax_body = "1MB"\n'
            f'[alerts]\nfirst_poll = "alert"\nper = "article"\n[web]\nlisten = "127.0.0.1:{self.port}"\npublic_url = "http://127.0.0.1:{self.port}/behind"\n'
            f'{sources}[[topics]]\nname = "OTAN"\nquery = "otan"\n',
            encoding="utf-8",
        )
        self.configuration = load_config(folder / "config.toml", {})
        self.ahead = timedelta()
        self.alerts: list[str] = []
        self.polls: list[PollOutcome] = []
        self._ready = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="listening", daemon=True)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(LONGEST_WAIT_SECONDS)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.loop.call_soon_threadsafe(self._end.set)
        self._thread.join(LONGEST_WAIT_SECONDS)
        assert not self._thread.is_alive()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self.loop)
        return future.result(LONGEST_WAIT_SECONDS)

    async def _run(self) -> None:
        self.loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self.archive = open_archive(self.configuration, self.now())
        self.service = Service(self.configuration, self.archive, self.now, lambda alert: self.alerts.append(alert.topic))
        self.service.onlookers.append(self)
        self.hubs = Hubs(self.service, self.now)
        crawling = asyncio.create_task(self.service.crawl.run())
        await self.hubs.take_over(self.configuration)
        self._ready.set()
        await self._end.wait()
        await self.hubs.close()
        await self.service.stop(1)
        await crawling
        self.archive.close()

    def note_poll(self, outcome: PollOutcome, _: Tally) -> None:
        with self._changed:
            self.polls.append(outcome)
            self._changed.notify_all()

    def note_page(self, *_: object) -> None:
        """Nobody waits for pages here."""

    def note_attempt(self, *_: object) -> None:
        """There is no channel."""

    def poll(self, url: str) -> PollOutcome:
        """Poll a source now."""
        [source], _ = self.archive.find_sources([url])
        before = len(self.polls)
        self.loop.call_soon_threadsafe(self.service.poll_beside, {source.source_id: source})
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.polls) > before, LONGEST_WAIT_SECONDS)
        return self.polls[-1]

    def ask_hubs(self) -> None:
        """Ask the hubs that are due, and wait for their answers to be on record."""
        self.do(self.service._take_up(self.service._read_due_subscriptions))
        self.do(self.service.crawl.join())

    def subscriptions(self, url: str) -> list[Subscription]:
        [source], _ = self.archive.find_sources([url])
        return self.archive._ask(list_subscriptions, source.source_id)

    def subscription(self, url: str) -> Subscription:
        [one] = self.subscriptions(url)
        return one

    def titles(self) -> set[str]:
        return {row["title"] for row in self.archive._ask(lambda db: db.conn.execute("SELECT title FROM articles").fetchall())}

    def due_source(self, url: str) -> DueSource | None:
        return next((one for one in self.archive.due_sources(self.now(), 1000) if one.url == url), None)


@pytest.fixture(scope="module")
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory, site: NewsSite) -> Iterator[Listening]:
    with Listening(tmp_path_factory.mktemp("hubs"), site) as running:
        yield running


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return iter(range(SOURCES))


@pytest.fixture
def path(numbers: Iterator[int]) -> str:
    """The path of a source that no other test asks."""
    return f"/feed{next(numbers)}"


def rss(*items: str, **links: str) -> str:
    told = "".join(f'<atom:link rel="{relation}" href="{url}"/>' for relation, url in links.items())
    return f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>T</title>{told}{''.join(items)}</channel></rss>"


def entry(title: str, site: NewsSite) -> str:
    return item(title, site.url(f"/{title}"), description=f"{title} : résumé.")


def subscribe(listening: Listening, site: NewsSite, hub: Hub, path: str, *items: str, **links: str) -> Subscription:
    """A subscription that the hub confirmed, of a feed with these items."""
    url = site.publish_feed(path, rss(*items, hub=hub.url, self=site.url(path), **links))
    listening.poll(url)
    listening.ask_hubs()
    hub.wait_for()
    return listening.subscription(url)


# Discovery


def test_100_hub_and_topic_are_found_in_the_head_of_the_answer(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    links = f'<{hub.url}>; rel="hub", <{site.url("/topic100")}>; rel=self'
    url = site.page(path, rss(entry("Cent", site)), headers={"Link": links, "Content-Type": "application/rss+xml"})
    listening.poll(url)
    listening.ask_hubs()
    [held] = hub.wait_for()
    assert (held.topic, held.answer) == (site.url("/topic100"), 200)


def test_101_a_page_is_no_source_and_names_its_feed_instead(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    url = site.page(path, f"<html><head><link rel='hub' href='{hub.url}'><link rel='self' href='/x'></head><body>x</body></html>")
    outcome = listening.poll(url)
    assert outcome.problem is not None
    assert outcome.problem.code == "not_a_feed"
    assert listening.subscriptions(url) == []


def test_102_hub_and_topic_are_found_in_an_atom_feed(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    links = f"<link rel='hub' href='{hub.url}'/><link rel='self' href='{site.url('/topic102')}'/>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{links}<entry><id>a</id><title>Un</title></entry></feed>"
    listening.poll(site.publish_feed(path, body, "application/atom+xml"))
    listening.ask_hubs()
    assert hub.wait_for()[0].topic == site.url("/topic102")


def test_103_hub_and_topic_are_found_in_an_rss_feed(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    known = subscribe(listening, site, hub, path, entry("Cent trois", site))
    [held] = hub.wait_for()
    assert (held.topic, held.mode, held.wanted_lease) == (site.url(path), "subscribe", "864000")
    assert held.secret == known.secret
    assert held.callback == f"http://127.0.0.1:{listening.port}/behind/websub/{known.token}"
    assert min(len(known.token), len(known.secret)) >= 32
    _, fields, _ = hub.seen[0]
    assert fields["Content-Type"] == "application/x-www-form-urlencoded"
    assert is_live(known, listening.now())


def test_104_the_head_comes_before_the_body(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    body = rss(entry("Cent quatre", site), hub="http://127.0.0.1:1/", self=site.url("/wrong"))
    links = f'<{hub.url}>; rel="hub", <{site.url("/topic104")}>; rel="self"'
    listening.poll(site.page(path, body, headers={"Link": links, "Content-Type": "application/rss+xml"}))
    listening.ask_hubs()
    assert [one.topic for one in hub.wait_for()] == [site.url("/topic104")]


def test_each_of_two_hubs_is_asked(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    with Hub() as other:
        links = f'<{hub.url}>; rel="hub", <{other.url}>; rel="hub", <{site.url(path)}>; rel="self"'
        listening.poll(site.page(path, rss(entry("Deux", site)), headers={"Link": links, "Content-Type": "application/rss+xml"}))
        listening.ask_hubs()
        first, second = hub.wait_for()[0], other.wait_for()[0]
    assert first.callback != second.callback
    assert first.secret != second.secret


# Subscribing


def test_200_the_topic_may_be_another_address_than_the_one_polled(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    listening.poll(site.publish_feed(path, rss(entry("Deux cents", site), hub=hub.url, self="https://elsewhere.example/topic")))
    listening.ask_hubs()
    assert hub.wait_for()[0].topic == "https://elsewhere.example/topic"


@pytest.mark.parametrize("status", [302, 301])
def test_201_202_a_source_that_redirects_is_subscribed_where_it_leads(
    listening: Listening, site: NewsSite, hub: Hub, path: str, status: int
) -> None:
    target = site.publish_feed(f"/target{status}", rss(entry(f"Redirigé {status}", site), hub=hub.url))
    listening.poll(site.redirect(path, f"/target{status}", status))
    listening.ask_hubs()
    assert hub.wait_for()[0].topic == target


@pytest.mark.parametrize("status", [307, 308, 302, 301])
def test_203_204_a_hub_that_redirects_is_asked_where_it_leads(
    listening: Listening, site: NewsSite, hub: Hub, path: str, status: int
) -> None:
    hub.redirects = {"/old": (status, "/")}
    listening.poll(site.publish_feed(path, rss(entry(f"Moyeu {status}", site), hub=hub.url_of("/old"), self=site.url(path))))
    listening.ask_hubs()
    [held] = hub.wait_for()
    (_, _, first), (_, _, second) = hub.seen
    assert first == second
    assert held.topic == site.url(path)


def test_205_a_question_about_another_topic_is_answered_with_404(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    hub.topic_asked = "https://elsewhere.example/"
    url = site.publish_feed(path, rss(entry("Deux cent cinq", site), hub=hub.url, self=site.url(path)))
    listening.poll(url)
    listening.ask_hubs()
    assert hub.wait_for_answer() == 404
    assert listening.subscription(url).confirmed_at is None


def test_a_hub_may_ask_back_before_it_answers(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    hub.asks_back_first = True
    known = subscribe(listening, site, hub, path, entry("Avant", site))
    assert (known.state, known.failures) == (SubscriptionState.ACTIVE, 0)


def test_a_hub_that_never_asks_back_is_asked_again_and_the_reason_is_on_record(
    listening: Listening, site: NewsSite, hub: Hub, path: str
) -> None:
    hub.asks_back = False
    url = site.publish_feed(path, rss(entry("Jamais", site), hub=hub.url, self=site.url(path)))
    listening.poll(url)
    listening.ask_hubs()
    known = listening.subscription(url)
    assert (known.state, known.message) == (SubscriptionState.ASKED, "the hub took the request and has not asked back yet")
    listening.ask_hubs()
    assert len(hub.requests) == 1


def test_a_hub_that_refuses_is_asked_again_later(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    hub.status = 403
    url = site.publish_feed(path, rss(entry("Refus", site), hub=hub.url, self=site.url(path)))
    listening.poll(url)
    listening.ask_hubs()
    known = listening.subscription(url)
    assert known.state is SubscriptionState.REFUSED
    assert known.message is not None
    assert "403" in known.message
    hub.status = 202
    listening.ahead += timedelta(minutes=11)
    listening.ask_hubs()
    hub.wait_for()
    assert is_live(listening.subscription(url), listening.now())


def test_a_lease_is_renewed_at_the_same_callback_before_it_ends(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    hub.lease = "3600"
    known = subscribe(listening, site, hub, path, entry("Bail", site))
    listening.ahead += timedelta(minutes=46)
    listening.ask_hubs()
    first, second = hub.wait_for(2)
    assert (first.callback, first.secret) == (second.callback, second.secret)
    renewed = listening.subscription(site.url(path))
    assert known.lease_ends_at is not None
    assert renewed.lease_ends_at is not None
    assert renewed.lease_ends_at - known.lease_ends_at >= timedelta(minutes=46)


def test_a_hub_may_deny_what_it_granted(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    known = subscribe(listening, site, hub, path, entry("Refusé", site))
    [held] = hub.wait_for()
    assert hub.get(held.callback, mode="denied", topic="https://elsewhere.example/", reason="no")[0] == 404
    assert hub.get(held.callback, mode="denied", topic=known.topic, reason="no feed of ours")[0] == 200
    denied = listening.subscription(site.url(path))
    assert (denied.state, denied.message) == (SubscriptionState.REFUSED, "the hub denies it: no feed of ours")


def test_a_feed_that_names_another_topic_or_hub_ends_the_old_subscription(
    listening: Listening, site: NewsSite, hub: Hub, path: str
) -> None:
    subscribe(listening, site, hub, path, entry("Ancien", site))
    listening.poll(site.publish_feed(path, rss(entry("Ancien", site), hub=hub.url, self=site.url("/moved"))))
    listening.ask_hubs()
    first, second = hub.wait_for(2)
    [ended] = hub.wait_for(mode="unsubscribe")
    assert (ended.topic, ended.callback, ended.secret) == (first.topic, first.callback, None)
    assert second.topic == site.url("/moved")
    assert listening.subscription(site.url(path)).topic == second.topic


def test_of_a_feed_that_gives_itself_another_address_each_time_only_the_last_is_kept_while_no_hub_is_asked(
    listening: Listening, site: NewsSite, hub: Hub, path: str
) -> None:
    for number in range(4):
        listening.poll(site.publish_feed(path, rss(entry(f"Neuf {number}", site), hub=hub.url, self=site.url(f"{path}?at={number}"))))
    assert listening.subscription(site.url(path)).topic == site.url(f"{path}?at=3")


def test_what_a_clock_that_was_years_ahead_put_off_is_asked_for_at_once(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    known = subscribe(listening, site, hub, path)
    far = "2126-01-01T00:00:00.000000Z"
    put_off = "UPDATE subscriptions SET next_attempt_at = ? WHERE id = ?"
    listening.archive._submit(lambda db: db.conn.execute(put_off, (far, known.subscription_id))).result()
    listening.archive.mend_clock_jumps(listening.now()).result()
    listening.ask_hubs()
    assert len(hub.wait_for(2)) == 2


# Distribution


def test_300_what_a_hub_tells_is_acknowledged_and_archived_as_a_poll_would_and_alerts(
    listening: Listening, site: NewsSite, hub: Hub, path: str
) -> None:
    known = subscribe(listening, site, hub, path, entry("Trois cents", site))
    [held] = hub.wait_for()
    alerts = len(listening.alerts)
    assert hub.tell(held, rss(entry("L’OTAN parle", site))) == 202
    wait_until(lambda: "L’OTAN parle" in listening.titles(), "what the hub told")
    wait_until(lambda: len(listening.alerts) == alerts + 1, "the alert")
    assert listening.subscription(site.url(path)).told_at is not None
    before = _schedule(listening, known)
    listening.poll(site.publish_feed(path, rss(entry("L’OTAN parle", site), entry("Trois cents", site), hub=hub.url, self=known.topic)))
    assert len(listening.alerts) == alerts + 1
    assert before != _schedule(listening, known)


def _schedule(listening: Listening, known: Subscription) -> tuple[object, ...]:
    """What only a poll may change of a source."""
    names = "last_polled_at, next_poll_at, last_success_at, last_read_at, etag, last_modified, body_hash, consecutive_failures"
    gaps = "(SELECT count(*) FROM gaps WHERE source_id = sources.id)"
    question = f"SELECT {names}, {gaps} FROM sources WHERE id = ?"
    return tuple(listening.archive._ask(lambda db: db.conn.execute(question, (known.source_id,)).fetchone()))


def test_what_a_hub_tells_changes_neither_validators_nor_schedule_and_is_no_gap(
    listening: Listening, site: NewsSite, hub: Hub, path: str
) -> None:
    known = subscribe(listening, site, hub, path, *(entry(f"Connu {number}", site) for number in range(5)))
    before = _schedule(listening, known)
    [held] = hub.wait_for()
    news = [entry(f"Inédit {number}", site) for number in range(5)]
    assert hub.tell(held, rss(*news)) == 202
    wait_until(lambda: "Inédit 4" in listening.titles(), "what the hub told")
    assert _schedule(listening, known) == before


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_signature_is_taken(listening: Listening, site: NewsSite, hub: Hub, path: str, method: str) -> None:
    subscribe(listening, site, hub, path, entry(f"Base {method}", site))
    assert hub.tell(hub.wait_for()[0], rss(entry(f"Signé {method}", site)), method=method) == 202
    wait_until(lambda: f"Signé {method}" in listening.titles(), "what was signed")


def test_301_302_what_is_not_signed_rightly_is_acknowledged_and_ignored(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    subscribe(listening, site, hub, path, entry("Base 301", site))
    [held] = hub.wait_for()
    for signature in ("sha256=" + "0" * 64, "md5=x", "nonsense", None):
        assert hub.tell(held, rss(entry("Faux", site)), signature=signature) == 202
    assert hub.tell(held, rss(entry("Faux", site)), topic="https://elsewhere.example/") == 202
    assert hub.tell(held, rss(entry("Vrai", site))) == 202
    wait_until(lambda: "Vrai" in listening.titles(), "what was signed rightly, after it")
    assert "Faux" not in listening.titles()


@pytest.mark.parametrize("body", [b"", b" \n", b"hub.mode=publish", b"<html><body>nouvelle</body></html>"])
def test_a_hub_that_tells_not_what_is_new_has_the_source_polled(
    listening: Listening, site: NewsSite, hub: Hub, path: str, body: bytes
) -> None:
    subscribe(listening, site, hub, path, entry(f"Mince {len(body)}", site))
    listening.ahead += timedelta(minutes=6)
    assert listening.due_source(site.url(path)) is None
    assert hub.tell(hub.wait_for()[0], body) == 202
    wait_until(lambda: listening.due_source(site.url(path)), "the poll that is due")


def test_what_is_signed_and_called_by_another_address_has_the_source_polled(
    listening: Listening, site: NewsSite, hub: Hub, path: str
) -> None:
    subscribe(listening, site, hub, path, entry("Base ailleurs", site))
    listening.ahead += timedelta(minutes=6)
    assert hub.tell(hub.wait_for()[0], rss(entry("Ailleurs", site)), topic=f"{site.url(path)}/") == 202
    wait_until(lambda: listening.due_source(site.url(path)), "the poll that is due")
    assert "Ailleurs" not in listening.titles()


def test_a_damaged_body_gives_what_can_be_saved(listening: Listening, site: NewsSite, hub: Hub, path: str) -> None:
    subscribe(listening, site, hub, path, entry("Base abîmée", site))
    whole = rss(entry("Sauvé", site), entry("Perdu", site))
    assert hub.tell(hub.wait_for()[0], whole[: whole.index("Perdu")]) == 202
    wait_until(lambda: "Sauvé" in listening.titles(), "what could be saved")


def test_a_body_that_is_too_large_is_refused_and_other_addresses_answer_nothing(
    listening: Listening, site: NewsSite, hub: Hub, path: str
) -> None:
    subscribe(listening, site, hub, path, entry("Base 413", site))
    [held] = hub.wait_for()
    assert hub.tell(held, b"x" * 1_000_001) == 413
    assert hub.post(held.callback, b"x", {"Content-Encoding": "gzip"}) == 415
    assert hub.get(held.callback)[0] == 404
    for place in ("/", "/websub/", "/websub/" + "x" * 32, "/behind/websub/../x", "/status"):
        address = f"http://127.0.0.1:{listening.port}{place}"
        assert (hub.get(address, mode="subscribe", topic=held.topic, challenge="x")[0], hub.post(address, b"", {})) == (404, 404)
