"""Bytes to text: what they prove counts before what document and server say of them."""

from __future__ import annotations

import codecs
import time

import pytest

from crawler.decoding import decode
from crawler.page_extractor import extract_page
from tests.news_site import article

FRENCH = "L’été à Œil-Noir : 12 € le cœur de bœuf, « déjà »"
LATIN_9 = "L'été à Œuvre-lès-Bois : 12 € le cœur de bœuf, « déjà »"
UTF_8 = "text/html; charset=utf-8"


def html(text: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_counts_before_everything_else(mark: str) -> None:
    assert decode(html(FRENCH, "<meta charset=iso-8859-1>").encode(mark), "text/html; charset=windows-1252") == html(
        FRENCH, "<meta charset=iso-8859-1>"
    )


@pytest.mark.parametrize("header", [None, "text/html", UTF_8, "text/html; charset=UTF8mb4", "text/html; charset="])
def test_a_body_in_windows_1252_is_read_as_that_whatever_the_header_says(header: str | None) -> None:
    assert FRENCH in decode(html(FRENCH).encode("cp1252"), header)


def test_utf_8_is_read_as_that_though_header_and_document_say_latin_1() -> None:
    assert FRENCH in decode(html(FRENCH, "<meta charset='iso-8859-1'>").encode(), "text/html; charset=iso-8859-1")


@pytest.mark.parametrize("kilobytes", [0, 1, 3, 8, 15])
def test_a_document_says_its_charset_also_behind_kilobytes_of_scripts(kilobytes: int) -> None:
    head = f"<script>{'x' * 1024 * kilobytes}</script><meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>"
    assert "zażółć" in decode(html("zażółć", head).encode("iso-8859-2"), "text/html")


def test_the_document_counts_before_the_header_since_servers_say_one_charset_for_all_they_have() -> None:
    assert "Łódź" in decode(html("Łódź", "<meta charset=iso-8859-2>").encode("iso-8859-2"), "text/html; charset=iso-8859-1")


def test_the_header_counts_where_the_document_says_nothing() -> None:
    assert "Łódź" in decode(html("Łódź").encode("iso-8859-2"), "text/html; charset=ISO-8859-2")


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", "\r\n\r\n", "Texte sans balise : ", "\t<!doctype html>"])
def test_utf_16_without_a_mark_is_known_by_its_nuls(charset: str, before: str) -> None:
    assert decode((before + html(FRENCH)).encode(charset), "text/html; charset=utf-8") == before + html(FRENCH)


def test_some_nuls_in_a_text_do_not_make_it_utf_16() -> None:
    assert decode(b"\0\0" + html(FRENCH).encode(), UTF_8) == "\0\0" + html(FRENCH)


@pytest.mark.parametrize("charset", ["iso-8859-15", "ISO_8859-15", "latin9", "iso-8859-1", "us-ascii", "utf-8", "", "windows-1252"])
def test_euro_and_oe_are_read_in_iso_8859_15_though_it_is_called_latin_1(charset: str) -> None:
    assert LATIN_9 in decode(html(LATIN_9, f"<meta charset='{charset}'>").encode("iso-8859-15"), None)


@pytest.mark.parametrize("text", ["1½ heure, 2½h, ¼ de tour, ¤", "½ litre – et « ½ » de plus"])
def test_halves_and_quarters_are_none(text: str) -> None:
    assert text in decode(html(text).encode("cp1252"), "text/html; charset=iso-8859-1")


def test_who_writes_windows_1252_writes_no_iso_8859_15() -> None:
    text = "“la ½unité”"
    assert text in decode(html(text).encode("cp1252"), "text/html; charset=iso-8859-1")


@pytest.mark.parametrize("charset", ["ISO-8859-15", "windows-1252", "UTF-8", "iso-8859-2"])
def test_xhtml_is_read_by_its_xml_declaration(charset: str) -> None:
    text = {"iso-8859-2": "Łódź"}.get(charset, LATIN_9)
    declared = f'<?xml version="1.0" encoding="{charset}"?>\n<!DOCTYPE html>\n' + article("Le titre", *(f"{text}, {n}." for n in range(9)))
    page = extract_page(declared.encode(charset), "https://journal.example/a", "application/xhtml+xml")
    assert f"{text}, 0.\n{text}, 1." in page.text


@pytest.mark.parametrize(
    "name", ["undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "charmap", "rot13", "base64", "x"]
)
def test_what_is_no_charset_of_the_web_is_overlooked(name: str) -> None:
    text = "déjà \\n \\x41 " * 20_000
    began = time.process_time()
    assert text in decode(html(text, f"<meta charset={name}>").encode("cp1252"), None)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("called", "written"), [("gb2312", "gb18030"), ("euc-kr", "cp949"), ("shift_jis", "cp932")])
def test_charsets_of_asia_are_read_in_their_wider_forms_as_browsers_do(called: str, written: str) -> None:
    text = {"gb18030": "朱镕基", "cp949": "똠방각하", "cp932": "髙橋さんの日本語の記事①"}[written]
    assert text in decode(html(text, f"<meta charset={called}>").encode(written), None)


@pytest.mark.parametrize("charset", ["iso-2022-jp", "hz"])
def test_charsets_of_seven_bits_are_read_though_they_are_valid_utf_8(charset: str) -> None:
    assert "日本" in decode(html("日本", f"<meta charset={charset}>").encode(charset), UTF_8)


def test_utf_8_with_some_foreign_bytes_stays_utf_8() -> None:
    body = html(FRENCH * 3 + "@").encode().replace(b"@", "é".encode("cp1252"))
    assert decode(body, UTF_8) == html(FRENCH * 3 + "é")


def test_bytes_that_fit_nowhere_are_read_all_the_same() -> None:
    assert "caf" in decode(b"caf\x81\x8d\xe9" + codecs.BOM_UTF16_LE, "text/html; charset=iso-8859-2")
