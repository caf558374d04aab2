import pytest

from monitors.mail_address import a_labels, parse_mail_address


@pytest.mark.parametrize(
    ("host", "labels"),
    [
        ("example.org", "example.org"),
        ("EXAMPLE.org", "EXAMPLE.org"),
        ("mail_1.lan", "mail_1.lan"),
        ("127.0.0.1", "127.0.0.1"),
        ("exämple.org", "xn--exmple-cua.org"),
        ("exa\u0308mple.org", "xn--exmple-cua.org"),
        ("EXÄMPLE.org", "xn--exmple-cua.org"),
        ("véille.fr", "xn--ville-bsa.fr"),
        ("faß.example", "xn--fa-hia.example"),
        ("xn--exmple-cua.org", "xn--exmple-cua.org"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
    ],
)
def test_a_host_name_has_one_form_in_ascii(host, labels):
    assert a_labels(host) == labels


@pytest.mark.parametrize("host", ["é" * 64 + ".fr", "-é.fr", "é..fr", "a" * 64 + ".fr", "\u200dé.fr", "🚀" * 60])
def test_what_no_name_server_could_know_is_refused(host):
    with pytest.raises(ValueError):
        a_labels(host)


def test_one_letter_in_two_encodings_is_one_address():
    assert parse_mail_address("re\u0301dac@exa\u0308mple.org") == parse_mail_address("r\u00e9dac@ex\u00e4mple.org")


@pytest.mark.parametrize(
    "text",
    [
        "a@b.fr\r\nBcc: x@y.fr",
        "x\ny <a@b.fr>",
        "=?utf-8?q?a=0D=0A?= <a@b.fr>",
        "a@b.fr, c@d.fr",
        "<a@b.fr> SIZE=1",
        "a b@c.fr",
        "a@b@c.fr",
        "@b.fr",
        "a@",
        "a@b..fr",
        "",
    ],
)
def test_what_is_not_one_address_or_could_reach_into_the_dialogue_is_refused(text):
    with pytest.raises(ValueError):
        parse_mail_address(text)
