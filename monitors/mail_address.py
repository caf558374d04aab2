"""Mail addresses: what people write as `Name <local@domain>`, and what servers are told. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from email.utils import getaddresses

from news.wording import Wording

_ADDRESS = re.compile(r"""(?P<local> [^\s<>"(),:;@\[\]\\]+ ) @ (?P<domain> [\w-]+ (\.[\w-]+)* )""", re.VERBOSE)
"""An address as people have them; the stranger forms that RFC 5321 also allows (quotes, address literals) confuse more than they serve."""


@dataclass(frozen=True, slots=True)
class MailAddress:
    """One address. Its domain is in A-labels, which every server and program understands (RFC 5891 §4.4)."""

    name: str
    """What is shown beside it; may be empty."""
    local: str
    domain: str

    @property
    def spec(self) -> str:
        """`local@domain`, for the dialogue and between the angle brackets of a header."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server with SMTPUTF8 can be told it (RFC 6531): there is no other form for what stands before the @."""
        return not self.local.isascii()


def parse_mail_address(text: str) -> MailAddress:
    """One mailbox, with or without a name. ValueError for anything else, and for what could reach into the dialogue or another header."""
    # Two encodings of one letter are one letter (RFC 6532 §3.1).
    addresses = getaddresses([unicodedata.normalize("NFC", text)])
    match = _ADDRESS.fullmatch(addresses[0][1]) if len(addresses) == 1 else None
    if match is None or not text.isprintable() or "=?" in text:
        raise ValueError(Wording("{text} is not one email address", text=repr(text)))
    try:
        domain = a_labels(match["domain"])
    except ValueError:
        raise ValueError(Wording("{text} has a domain that cannot be one", text=repr(text))) from None
    return MailAddress(addresses[0][0], match["local"], domain)


def a_labels(host: str) -> str:
    """A host name in ASCII: `exämple.org` is `xn--exmple-cua.org`. A ValueError says that it cannot be one.

    By IDNA 2008 with the mapping of UTS 46 (RFC 5891, RFC 5895): Python's own codec is of 2003 and leads `faß.example` elsewhere.
    A name in ASCII stays as it is, also with the `_` that local networks use.
    """
    if host.isascii():
        host.encode("idna")  # its own checks: the lengths of the name and its labels
        return host
    import idna  # noqa: PLC0415  # its tables cost a command that needs none 10 ms

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(str(error)) from None
