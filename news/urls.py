"""Addresses of articles: as people see them (`shown_url`), and as they are compared (`comparing_url`).

What people see is the link as the feed gives it, letter for letter, but for what only tracks them: sites tell `?article12` from
`?article12=`. What is compared is never shown or fetched, so it may leave out all that does not make another article.
"""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes, unquote, unquote_to_bytes, urlsplit

from news.text.remembering import Remembered

# Only names that never select content. Broad lists (any name with "source", "id", "session") also swallow parameters that do,
# such as `?cid=12` of small content managers, and would make two articles one.
_TRACKING = re.compile(
    r"^(?:utm_\w+|mtm_\w+|pk_(?:campaign|kwd|source|medium|content)|at_(?:medium|campaign|custom\w*|creation|variant|format|term)"
    r"|ns_(?:mchannel|source|campaign|linkname|fee)|mc_[ce]id|ml_subscriber\w*|oly_(?:enc|anon)_id|vero_(?:conv|id)"
    r"|(?:fb|g|d|dc|gb|wb|ms|tt|tw|y|yc|ys)clid|li_fat_id|rdt_cid|srsltid|gbraid|wbraid|msclkid|igshid|igsh|xtor|xts|xtref"
    r"|_hs(?:enc|mi)|mkt_tok|ref_src|ref_url"
    r"|s_kwcid|cmpid|wt_mc|origin_rss|feature_rss|_ga|_gl|sfnsn)$",
    re.IGNORECASE,
)


# Names under which servers write a visitor's session into their links: another one at each poll, and nothing of the article.
_SESSION = re.compile(
    r"^(?:PHPSESSID|PHPSESSIONID|jsessionid|ASP\.NET_SessionId|ASPSESSIONID\w*|CFID|CFTOKEN|zenid|(?:os|xt)csid|PHP_SESSION_ID)$"
    r"|^s=[0-9a-f]{32}$|^(?:sid|sess|session|session_?id)=(?=[a-z]*\d)[0-9a-z]{20,}$",  # `sid=12` is that of an article
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|PHPSESSID|sid)=[^/;]*|/\([A-Z]\([a-z0-9]{20,}\)\)(?=/)", re.IGNORECASE)
"""Of Java and PHP; and of ASP.NET without cookies, `/(S(token))/`."""
_CACHE_BUSTER = re.compile(
    r"^(?:_|cb|rnd|rand|random)=(?:\d{10}|\d{13}|0\.\d+)$|^(?:no_?cache|cache_?buster|cachebust)=[\w.]*$", re.IGNORECASE
)
"""What scripts add so that no cache answers, told by its value: a clock or a fraction. Not `t` and `ts`: live pages name posts so."""

_SLUG_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])")
_FEWEST_SLUG_WORDS = 3
"""Sections and kinds of pages (`actualites`, `detail-article`) have fewer."""

_OF_FEEDS = re.compile(r"feed:(?://)?(?=https?://)", re.IGNORECASE), re.compile(r"feed(?=://)", re.IGNORECASE)

_DEFAULT_PORTS = frozenset({80, 443})
_LONGEST_HOST = 255
"""RFC 1035 §2.3.4. What is longer is no host name, and turning it into ASCII takes time that grows with the square of its length."""
_LEADING_WWW = re.compile(r"(www\.)+(?=.)")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_SEGMENT_SAFE = "!$&'()*+,;=:@-._~"
_PAIR_SAFE = "!$'()*,;:@-._~/?"
"""What means itself in a segment of a path, and in a name or value of a query (RFC 3986 §3.3, §3.4), less what divides them."""


_MOST_REMEMBERED, _LONGEST_REMEMBERED = 2_048, 500
"""Addresses, and characters of one: an entry's is asked for at several places while its body is read."""


def shown_url(link: str) -> str:
    """The link as the feed gave it, letter for letter, without tracking parameters in query or fragment and without blanks around it."""
    return _remembered_shown[link]


def _make_shown(link: str) -> str:
    before_fragment, hash_sign, fragment = link.strip().partition("#")
    before_query, question_mark, query = before_fragment.partition("?")
    return (before_query + _untracked(question_mark, query) + _untracked(hash_sign, fragment)).strip()


def _untracked(sign: str, pairs: str) -> str:
    """A query or fragment with its sign, without the parameters that only track. If nothing else is left, the sign goes with them."""
    listed = pairs.split("&")
    kept = [pair for pair in listed if not _is_tracking(pair)]
    if len(kept) == len(listed):
        return sign + pairs
    return sign + "&".join(kept) if any(kept) else ""


def _is_tracking(pair: str) -> bool:
    """Whether a parameter only tracks. Feeds that are escaped twice write `&amp;` between parameters."""
    name = pair.partition("=")[0].removeprefix("amp;").removeprefix("?")
    if "%" in name:
        name = _decoded(name).decode("utf-8", "replace")
    return _TRACKING.match(name) is not None


def lasting_url(link: str) -> str:
    """The link without what is another at each visit (tracking, a session, a cache buster), otherwise letter for letter."""
    shown, hash_sign, fragment = shown_url(link).partition("#")
    path, question_mark, query = shown.partition("?")
    kept = [pair for pair in query.split("&") if not _is_transient(pair)]
    return _SESSION_IN_PATH.sub("", path) + (question_mark + "&".join(kept) if any(kept) else "") + hash_sign + fragment


def _is_transient(pair: str) -> bool:
    bare = pair.removeprefix("amp;")
    return bool(_SESSION.match(bare.partition("=")[0]) or _SESSION.match(bare) or _CACHE_BUSTER.match(bare))


def comparing_url(link: str) -> str:
    """The form by which addresses are compared: two links with the same one are the same address. It is neither shown nor fetched.

    The same are http and https; a host with and without `www.`, in upper and lower case, international and `xn--`, with and without a
    default port; a path with and without its final slash, and with steps up and down (`/a/../b`); what is percent-encoded and what is
    not, where it means the same; a parameter without a value and with an empty one; parameters in whatever order. Tracking parameters,
    sessions and cache busters are no part of it, nor is a fragment, unless it is an address of its own (`#!/1`, `#/1`), as sites of a
    single page write them. What cannot be read as an address stands for itself.
    """
    return _remembered_comparing[link]


def _make_comparing(link: str) -> str:
    bare, _, fragment = shown_url(link).partition("#")
    bare = bare.strip()
    try:
        parts = urlsplit(bare)
        port = parts.port
    except ValueError:
        return bare
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return bare
    user = parts.netloc.rpartition("@")[0]
    host = _comparing_host(parts.hostname) + (f":{port}" if port is not None and port not in _DEFAULT_PORTS else "")
    whole_path = _SESSION_IN_PATH.sub("", _stepped(parts.path) if "/." in parts.path else parts.path)
    path = "/".join(_reencoded(segment, _SEGMENT_SAFE) for segment in whole_path.split("/")).rstrip("/")
    pairs = sorted((pair for pair in map(_comparing_pair, parts.query.split("&")) if pair), key=_name_of)
    query = "?" + "&".join(pairs) if pairs else ""
    return f"https://{user and user + '@'}{host}{path or '/'}{query}" + (f"#{fragment}" if fragment.startswith(("!", "/")) else "")


_remembered_shown = Remembered(_make_shown, _MOST_REMEMBERED, lambda link, _: len(link) <= _LONGEST_REMEMBERED)
_remembered_comparing = Remembered(_make_comparing, _MOST_REMEMBERED, lambda link, _: len(link) <= _LONGEST_REMEMBERED)


def _stepped(path: str) -> str:
    """The path without its steps up and down (RFC 3986 §5.2.4), except for the slash at its end."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)


def _comparing_host(hostname: str) -> str:
    host = hostname
    if not host.isascii() and len(host) <= _LONGEST_HOST:
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return host
    host = _LEADING_WWW.sub("", host.rstrip("."), count=1) or host
    return f"[{host}]" if ":" in host else host


def _comparing_pair(pair: str) -> str:
    """A parameter, percent-encoded in one way; none where it is another at each visit. A plus is a space, as forms write it."""
    name, _, value = pair.replace("+", " ").partition("=")
    if _is_transient(pair):
        return ""
    return _reencoded(name, _PAIR_SAFE) + ("=" + _reencoded(value, _PAIR_SAFE) if value else "")


def _reencoded(text: str, safe: str) -> str:
    return text if _UNRESERVED.fullmatch(text) else quote_from_bytes(_decoded(text), safe)


def _name_of(pair: str) -> str:
    """By the name alone: values of one name mean something in their order."""
    return pair.partition("=")[0]


def _decoded(text: str) -> bytes:
    return unquote_to_bytes(text.encode("utf-8", "surrogatepass"))


def host_of(url: str) -> str:
    """The host of `url` without a leading `www.`; empty if there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def headline_in(url: str) -> str | None:
    """The words of the headline that sites write into an article's address; None if it has none."""
    try:
        segments = unquote(urlsplit(url).path).split("/")
    except ValueError:
        return None
    headlines = (_SLUG_WORD.findall(segment.rpartition(".")[0] or segment) for segment in reversed(segments))
    return next((" ".join(words) for words in headlines if len(words) >= _FEWEST_SLUG_WORDS), None)


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


def without_feed_scheme(address: str) -> str:
    """The address of a feed without what old sites and readers write before it, `feed:https://…`, or in place of its scheme, `feed://…`."""
    before, in_place = _OF_FEEDS
    if found := before.match(address):
        return address[found.end() :]
    return f"http{address[4:]}" if in_place.match(address) else address
