"""Addresses of articles: one written form for each, without what only tracks the reader."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

# Only names that never select content. Broad lists (any name with "source", "id", "session") also swallow parameters that do,
# such as `?cid=12` of small content managers, and would make two articles one.
_TRACKING = re.compile(
    r"^(?:utm_\w+|mtm_\w+|pk_(?:campaign|kwd|source|medium|content)|at_(?:medium|campaign|custom\w*|creation|variant|format|term)"
    r"|ns_(?:mchannel|source|campaign|linkname|fee)|mc_[ce]id|ml_subscriber\w*|oly_(?:enc|anon)_id|vero_(?:conv|id)"
    r"|(?:fb|g|dc|gb|wb|ms|tw|yc|ys)clid|gbraid|wbraid|msclkid|igshid|igsh|xtor|xts|xtref|_hs(?:enc|mi)|mkt_tok|ref_src|ref_url"
    r"|s_kwcid|cmpid|wt_mc|origin_rss|feature_rss|_ga|_gl|sfnsn)$",
    re.IGNORECASE,
)


def canonical_url(url: str) -> str:
    """`url` in the form that stands for its article: host in lower case, no default port, no fragment, no tracking parameters.

    Query parameters keep their values and are sorted (w3lib), so that their order makes no second article. What cannot be read as an
    address stands for itself: links come from strangers, and one must not end the poll that brought it.
    """
    bare = url.strip().partition("#")[0]
    try:
        return _canonical(bare)
    except ValueError:  # such as http://\\/[, which only becomes unreadable when w3lib has put its backslash right
        return bare


def _canonical(bare: str) -> str:
    names = {pair.partition("=")[0] for pair in urlsplit(bare).query.split("&")}
    tracking = sorted(name for name in names if _TRACKING.match(name))
    if tracking:
        bare = url_query_cleaner(bare, tracking, remove=True, unique=False)
    canonical = canonicalize_url(bare)
    parts = urlsplit(canonical)
    host = parts.netloc.lower()
    default_port = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    if default_port:
        host = host.removesuffix(default_port)
    return parts._replace(netloc=host).geturl()


def host_of(url: str) -> str:
    """The host of `url` without a leading `www.`; empty if there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_site_root(url: str) -> bool:
    """Whether `url` is the front page of its site, which stands for no article."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in {"", "/"} and not parts.query


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are on the same host, or one host is a subdomain of the other."""
    first, second = host_of(one), host_of(other)
    return bool(first) and (first == second or first.endswith("." + second) or second.endswith("." + first))


def comparing_url(url: str) -> str:
    """The form in which addresses are compared: as `canonical_url`, http and https, `www.` and a slash at the end aside."""
    canonical = canonical_url(url)
    try:
        parts = urlsplit(canonical)
    except ValueError:
        return canonical
    if parts.scheme not in {"http", "https"}:
        return canonical
    fragment = shown_url(url).partition("#")[2]
    kept = fragment if fragment.startswith(("!", "/")) else ""
    return parts._replace(scheme="https", netloc=parts.netloc.removeprefix("www."), path=parts.path.rstrip("/"), fragment=kept).geturl()


def shown_url(url: str) -> str:
    """The address as the feed gave it, without what only tracks the reader; otherwise letter for letter."""
    bare, mark, fragment = url.strip().partition("#")
    address, question, query = bare.partition("?")
    kept = [pair for pair in query.split("&") if not _TRACKING.match(pair.partition("=")[0])]
    if question and (kept or not query):
        address += "?" + "&".join(kept)
    if mark and not _TRACKING.match(fragment.partition("=")[0]):
        address += mark + fragment
    return address
