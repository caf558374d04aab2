"""Which addresses may be fetched."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.download_handler import GuardedResolver
from crawler.problems import FetchProblem
from news.addresses import literal_address, reason_to_refuse, reason_to_refuse_host

SPECIAL = [
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "193.0.6.139",
    "2606:2800:220:1:248:1893:25c8:1946",
    "2001:67c:2e8::1",
    "64:ff9b::101:101",
    "::ffff:1.1.1.1",
    "2002:101:101::1",
]


@pytest.mark.parametrize("address", SPECIAL)
def test_special_addresses_are_refused_with_a_reason(address: str) -> None:
    assert str(ip_address(address)) in (reason_to_refuse(ip_address(address)) or "")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    assert reason_to_refuse(ip_address(address)) is None


def test_a_network_can_be_allowed_and_nothing_beyond_it() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert reason_to_refuse(ip_address("10.1.2.3"), allowed) is None
    assert reason_to_refuse(ip_address("::ffff:10.1.2.3"), allowed) is None
    assert reason_to_refuse(ip_address("fd00::1"), allowed) is None
    assert reason_to_refuse(ip_address("10.2.0.1"), allowed) is not None


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("LOCALHOST.", "127.0.0.1"),
        ("a.localhost", "127.0.0.1"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("[::1]", "::1"),
        ("[fe80::1%eth0]", "fe80::1"),
        ("0", "0.0.0.0"),
    ],
)
def test_addresses_are_recognised_in_odd_spellings(host: str, address: str) -> None:
    assert literal_address(host) == ip_address(address)
    assert reason_to_refuse_host(host) is not None


@pytest.mark.parametrize("host", ["journal.example", "1.2.3.4.example", "dead.beef", "0xyz", "1.2.3.4.5", "256.1.1.1.1", ""])
def test_names_are_left_to_the_dns(host: str) -> None:
    assert literal_address(host) is None


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_permitted_that_python_does_not_call_global(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert reason_to_refuse(address) is not None


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_ipv6_clothes(address: IPv4Address) -> None:
    verdicts = {
        reason_to_refuse(IPv6Address(prefix + int(address) * 2**shift)) is None
        for prefix, shift in ((0xFFFF << 32, 0), (0x0064FF9B << 96, 0), (0x2002 << 112, 80))
    }
    assert verdicts == {reason_to_refuse(address) is None}


class FixedResolver(aiohttp.abc.AbstractResolver):
    def __init__(self, *answers: str) -> None:
        self._answers = answers

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[aiohttp.abc.ResolveResult]:
        return [
            aiohttp.abc.ResolveResult(hostname=host, host=answer, port=port, family=family, proto=0, flags=0) for answer in self._answers
        ]

    async def close(self) -> None:
        pass


def resolved(*answers: str) -> list[str]:
    guarded = GuardedResolver((), FixedResolver(*answers))
    return [answer["host"] for answer in asyncio.run(guarded.resolve("journal.example", 80))]


def test_only_permitted_answers_of_the_dns_are_used() -> None:
    assert resolved("10.0.0.1", "1.1.1.1", "::1", "fe80::1%eth0") == ["1.1.1.1"]


def test_a_name_with_nothing_but_forbidden_answers_is_refused() -> None:
    with pytest.raises(FetchProblem, match=r"journal\.example: 10\.0\.0\.1 is a private address") as caught:
        resolved("10.0.0.1", "::1")
    assert caught.value.problem.code == "forbidden_address"


def test_the_name_localhost_is_refused_by_a_real_resolver() -> None:
    async def resolve() -> None:
        guarded = GuardedResolver((), aiohttp.ThreadedResolver())
        with pytest.raises(FetchProblem):
            await guarded.resolve("localhost", 80, socket.AF_UNSPEC)

    asyncio.run(resolve())
