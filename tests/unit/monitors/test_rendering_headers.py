"""A mail's headers: what is written arrives, in lines and words that every server takes."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32, default
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.mail_address import parse_mail_address
from monitors.rendering import one_line
from monitors.rendering_headers import AddressesHeader, TextHeader

LONG = "Service des dépêches et des alertes de la rédaction de nuit, « édition de l’Orle », bureau d’Évran et de Karlsen"


def sent(header):
    message = EmailMessage(policy=SMTP)
    message[header.name] = header
    message.set_content("x")
    return message.as_bytes(policy=SMTP).partition(b"\r\n\r\n")[0]


def received(header):
    return message_from_bytes(sent(header), policy=default)


def names_and_addresses(header):
    """As RFC 2047 §6.2 reads them; the newer parser of the standard library puts spaces between encoded words of a name."""
    message = message_from_bytes(sent(header), policy=compat32)
    return [(str(make_header(decode_header(name))), address) for name, address in getaddresses([message[header.name]])]


def assert_short(raw):
    """RFC 2047 §2: at most 75 characters an encoded word, at most 76 a line that holds one."""
    for line in raw.split(b"\r\n"):
        words = [word for word in line.split() if word.startswith(b"=?")]
        assert all(len(word) <= 75 for word in words)
        assert not words or len(line) <= 76


texts = st.text(max_size=300) | st.lists(
    st.sampled_from(["é", "l’OTAN", "🚀", "=?utf-8?q?a=0D=0ABcc:_x?=", "\r\nBcc: x", "x" * 90, " ", "\u2028"])
).map(" ".join)


@given(texts)
def test_a_text_arrives_as_it_was_written_in_short_lines(text):
    header = TextHeader("Subject", text)
    raw = sent(header)
    assert_short(raw)
    assert raw.isascii()
    assert received(header)["Subject"] == one_line(text)
    assert set(received(header).keys()) == {"Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


names = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='"<>\\(),:;@[]?=') | st.just(" "), max_size=150).map(
    one_line
)


@given(st.lists(names, min_size=1, max_size=6))
def test_names_arrive_as_they_were_written_in_short_lines(written):
    addresses = [parse_mail_address(f'"{name}" <a{number}@exämple.org>') for number, name in enumerate(written)]
    header = AddressesHeader("To", addresses)
    raw = sent(header)
    assert_short(raw)
    assert raw.isascii()
    assert names_and_addresses(header) == [(name, f"a{number}@xn--exmple-cua.org") for number, name in enumerate(written)]


@pytest.mark.parametrize("name", ["From", "To"])
def test_a_long_name_is_shown_whole(name):
    header = AddressesHeader(name, [parse_mail_address(f'"{LONG}" <a@example.org>'), parse_mail_address('"Martin, Julie" <j@example.org>')])
    assert_short(sent(header))
    assert names_and_addresses(header) == [(LONG, "a@example.org"), ("Martin, Julie", "j@example.org")]


def test_addresses_share_lines_as_far_as_they_fit():
    header = AddressesHeader("To", [parse_mail_address(f"recipient{number}@example.org") for number in range(4)])
    assert sent(header).split(b"\r\n")[:2] == [
        b"To: recipient0@example.org, recipient1@example.org, recipient2@example.org,",
        b" recipient3@example.org",
    ]
