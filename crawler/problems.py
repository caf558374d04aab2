"""Every way in which a feed or a page could not be had: its code, what it means, and what the user can do.

`docs/problems.md` is this table for readers; a test keeps the two equal. Codes are part of the outer surface: never rename one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from news.sources import Problem
from news.wording import template


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What a code means, and what to do about it, each as one sentence (or clause) for people."""

    meaning: str
    advice: str
    page_advice: str | None = None
    """What to do about an article's page, where that is something else: nobody configured its address, and the feed's text is kept."""

    def advice_for_page(self) -> str:
        """What to do if the code is that of an article's page."""
        return self.page_advice or self.advice


PROBLEMS: dict[str, ProblemKind] = {
    "dns": ProblemKind(
        "The host name could not be resolved",
        "check the host's spelling in the URL, and this machine's DNS",
        "nothing if it happens rarely, the feed's text is kept; else check this machine's DNS",
    ),
    "timeout": ProblemKind("The whole answer did not arrive in time", "nothing if it happens rarely; else raise [crawler] timeout"),
    "tls": ProblemKind(
        "No trustworthy TLS connection could be made",
        "open the URL in a browser: if it warns too, the site must renew its certificate; else check this machine's date and CAs",
    ),
    "refused": ProblemKind(
        "The host refused the connection",
        "check the port in the URL, and whether the site is up",
        "nothing if it passes, the feed's text is kept; else open the URL in a browser to see whether the site is up",
    ),
    "connection": ProblemKind(
        "The connection failed or was cut",
        "nothing if it happens rarely; else open the URL in a browser: if that fails too, the site or the way to it is disturbed",
    ),
    "proxy": ProblemKind(
        "The proxy of this source cannot be used",
        "check the address, user name and password in proxy of its [[sources]] table, and whether it runs",
    ),
    "not_http": ProblemKind(
        "The site's answer cannot be read as HTTP",
        "open the URL in a browser: if it shows nothing either, check the URL's port, or tell the site's operator",
        "nothing, the feed's text is kept; if a browser shows nothing either, tell the site's operator",
    ),
    "too_large": ProblemKind(
        "The body is larger than allowed",
        "raise [crawler] max_body if this source is worth it",
        "nothing, the feed's text is kept; or raise [crawler] max_body if this source's pages are worth it",
    ),
    "truncated": ProblemKind(
        "The body ended early or its compression is damaged", "nothing if it happens rarely; else tell the site's operator"
    ),
    "forbidden_address": ProblemKind(
        "The URL, or a redirect, leads to a private, loopback or otherwise special address",
        "if this is wanted, add the network to [crawler] allow_addresses",
    ),
    "redirect_loop": ProblemKind(
        "The URL redirects too often",
        "open the URL in a browser and use the address where it ends",
        "nothing, the feed's text is kept; if all of this source's pages do so, set articles = \"feed\" for it",
    ),
    "unsupported_url": ProblemKind(
        "The URL, or a redirect, is not a valid http or https URL", "correct the URL", "nothing, the feed's text is kept"
    ),
    "robots": ProblemKind(
        "The site's robots.txt does not allow this page to be fetched, or could not be read",
        'take the text from the feed (articles = "feed"), or ask the site',
    ),
    "not_a_feed": ProblemKind(
        "The answer is not a feed, often an HTML page",
        "use the address of the feed instead of that of the page; `quivive sources add` finds it",
    ),
    "bot_wall": ProblemKind(
        "The site shows a wall against programs",
        "ask the site to let this program's user_agent read its feed, or use another feed of it",
    ),
    "consent_wall": ProblemKind(
        "The site asks for consent instead of showing its feed",
        "use another feed of this site, or ask it to leave its feed without that question",
    ),
    "login_wall": ProblemKind(
        "The site shows a login form instead of its feed",
        "use a public URL of this source",
    ),
    "subscription_wall": ProblemKind(
        "The site shows an offer to subscribe instead of its feed",
        "use a public feed of this site",
    ),
    "no_items": ProblemKind(
        "The rules for this page find no article on it",
        "the site has changed its pages: correct item, link and title of this [[sources]] table",
    ),
    "malformed": ProblemKind(
        "The feed is damaged; what could be saved of it was kept",
        "nothing if it passes; else tell the site's operator that the XML is not well-formed",
    ),
    "empty": ProblemKind(
        "The answer has no content",
        "nothing if it passes; else open the URL in a browser and correct it",
        "nothing, the feed's text is kept; if all of this source's pages are empty, set articles = \"feed\" for it",
    ),
    "not_html": ProblemKind(
        "The article's link leads to something other than an HTML page", 'nothing; or set articles = "feed" for this source'
    ),
    "no_text": ProblemKind("The page holds no text that looks like an article", 'nothing; or set articles = "feed" for this source'),
    "worker_crashed": ProblemKind(
        "Reading the document crashed its worker process or needed too much memory", "report the URL as a bug if it happens again"
    ),
    "worker_timeout": ProblemKind("Reading the document took too long", "report the URL as a bug if it happens again"),
    "http_401": ProblemKind(
        "The site asks for a login",
        "use a public URL of this source",
        "nothing, the feed's text is kept; if all of this source's pages ask for one, set articles = \"feed\" for it",
    ),
    "http_403": ProblemKind(
        "The site refuses this program",
        "check that user_agent names a contact address, or ask the site; poll less often if it has just begun",
        'check that user_agent names a contact address, or ask the site; else set articles = "feed" for this source',
    ),
    "http_404": ProblemKind(
        "Nothing exists at this URL",
        "correct the URL, or remove the source",
        "nothing, the feed's text is kept: the article was withdrawn, or is not yet there",
    ),
    "http_410": ProblemKind(
        "What was at this URL is gone for good",
        "remove the source, or use its new URL",
        "nothing, the feed's text is kept: the article was withdrawn",
    ),
    "http_429": ProblemKind(
        "The site says that it is asked too often",
        "raise interval, or delay_per_host in [crawler]",
        "nothing if it passes; else raise delay_per_host in [crawler]",
    ),
    "http_500": ProblemKind("The site has an internal error", "nothing if it passes"),
    "http_502": ProblemKind("A gateway of the site gets no valid answer", "nothing if it passes"),
    "http_503": ProblemKind("The site is overloaded or under maintenance", "nothing if it passes"),
    "http_504": ProblemKind("A gateway of the site gets no answer in time", "nothing if it passes"),
    "http_NNN": ProblemKind(
        "The site answered with the HTTP status NNN, which is not a success", "open the URL in a browser to see what the site says"
    ),
}


_REPAIR_ADVICE = template("nothing, what was missed is looked for elsewhere too")


def _kind_of(code: str) -> ProblemKind:
    return PROBLEMS[code if code in PROBLEMS or not code.startswith("http_") else "http_NNN"]


def make_problem(code: str, detail: str | None = None, retry_after: timedelta | None = None) -> Problem:
    """The problem with this code; `detail` says what was met in particular (a host, a size, a reason)."""
    kind = _kind_of(code)
    meaning = kind.meaning.replace("NNN", code.removeprefix("http_"))
    about = f" ({detail})" if detail else ""
    return Problem(code, f"{meaning}{about}: {kind.advice}.", retry_after)


def make_http_problem(status: int, retry_after: timedelta | None = None) -> Problem:
    """The problem of an answer that is not a success; `status` is any number a server may send."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else None
    return make_problem(f"http_{status}", f"{status} {phrase}" if phrase else str(status), retry_after)


def advise_on_page(problem: Problem) -> Problem:
    """The same problem, met with an article's page: with the advice for that."""
    kind = _kind_of(problem.code)
    return replace(problem, message=f"{problem.message.removesuffix(f'{kind.advice}.')}{kind.advice_for_page()}.")


def advise_on_repair(problem: Problem) -> Problem:
    """The same problem, met where what was missed was looked for: nobody configured that address."""
    kind = _kind_of(problem.code)
    return replace(problem, message=f"{problem.message.removesuffix(f'{kind.advice}.')}{_REPAIR_ADVICE}.")


class FetchProblem(Exception):
    """Raised where a fetch must end at once with a problem that is already known."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)
