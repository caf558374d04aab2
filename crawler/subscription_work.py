"""Asking a hub to tell of news, or to tell no more: how it is asked, and what its answer means (WebSub §5.1)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from crawler.failures import problem_of
from crawler.problems import make_http_problem
from crawler.work import Answered, header
from news.header_times import parse_retry_after
from news.sources import DueSubscription, Problem
from news.websub import Asking, Mode


class SubscriptionWork:
    """Asking a hub: in its turn behind the feeds, whatever robots.txt says, since the publisher named it for this.

    A redirect (307 and 308 by the specification, 301 and 302 by custom) is followed with the same request.
    """

    urgent = False
    obeys_robots = False

    def key(self, subscription: DueSubscription) -> int:
        """The subscription that it is about."""
        return subscription.subscription_id

    def make_headers(self, _: DueSubscription) -> dict[str, str]:
        """The headers that say what is sent; a hub's answer is not read."""
        return {"Accept": "*/*", "Content-Type": "application/x-www-form-urlencoded"}

    def make_body(self, subscription: DueSubscription) -> bytes:
        """The form that a hub expects."""
        form = {"hub.mode": subscription.mode, "hub.topic": subscription.topic, "hub.callback": subscription.callback}
        if subscription.mode == "subscribe":
            form |= {"hub.lease_seconds": f"{subscription.lease.total_seconds():.0f}", "hub.secret": subscription.secret}
        return urlencode(form).encode()

    async def outcome(self, subscription: DueSubscription, answered: Answered) -> Asking:
        """What came of asking the hub."""
        sent_at = answered.at - timedelta(seconds=answered.seconds)
        return Asking(subscription.subscription_id, Mode(subscription.mode), sent_at, _problem(answered), subscription.callback)


def _problem(answered: Answered) -> Problem | None:
    answer = answered.answer
    if isinstance(answer, BaseException):
        return problem_of(answer)
    if 200 <= answer.status < 300:
        return None
    return make_http_problem(answer.status, parse_retry_after(header(answer, "Retry-After"), answered.at))
