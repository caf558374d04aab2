"""Mail templates: ours are legible in any colours, and one of the user's own that fails neither loses nor holds up a mail."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from monitors import OwnTemplates, check_templates
from monitors.letter import Letter, make_letter
from monitors.mail_address import parse_mail_address
from monitors.rendering_email import LetterWriter
from monitors.templating import OUR_TEMPLATES, Templates
from tests.outbox import ENGLISH, FRENCH, MORNING, make_bundle

STYLE = (OUR_TEMPLATES / "mail.html").read_text(encoding="utf-8").partition("<style>")[2].partition("</style>")[0]
LIGHT, DARK = STYLE.split("@media (prefers-color-scheme: dark)")
DOCS = Path(__file__).parents[3] / "docs"


def with_templates(**sources):
    return replace(ENGLISH, templates=OwnTemplates({name.replace("_", "."): source for name, source in sources.items()}))


def rendered(presentation, bundle=None):
    return Templates(presentation).render(make_letter(bundle or make_bundle(), presentation))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_wcag_says():
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("style", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_has_enough_contrast_in_light_and_in_dark(style):
    background = re.search(r"background: (#\w{6})", style)[1]
    colours = re.findall(r"(?<![-\w])color: (#\w{6})", style)
    assert len(colours) >= 3
    assert [colour for colour in colours if contrast(colour, background) < 4.5] == []


def test_a_found_word_has_the_colours_of_the_text_around_it_so_that_a_program_that_darkens_mails_keeps_it_legible():
    (rule,) = re.findall(r"^mark \{(.*)\}", STYLE, re.MULTILINE)
    assert "background: none" in rule
    assert "color: inherit" in rule
    assert "font-weight: 700" in rule
    assert "text-decoration: underline" in rule


def test_a_template_of_the_user_makes_its_part_of_the_mail_and_ours_the_other():
    bodies = rendered(with_templates(mail_txt="{{ letter.title }} ({{ letter.source }})"))
    assert bodies.text == "OpenAI négocie avec l’OTAN (Numerama)"
    assert bodies.html == rendered(ENGLISH).html
    assert bodies.troubles == ()


def test_a_template_of_the_user_may_extend_ours_and_speak_the_language():
    own = '{% extends "quivive/mail.html" %}{% block footer %}{{ text("Query:") }} AFP{% endblock %}'
    bodies = rendered(replace(FRENCH, templates=OwnTemplates({"mail.html": own})))
    assert "Requête\xa0: AFP" in bodies.html
    assert ">OTAN</mark>" in bodies.html
    assert "<footer>" not in bodies.html


def test_what_an_article_says_is_escaped_in_a_template_of_the_user_too():
    bodies = rendered(with_templates(mail_html="<p>{{ letter.topics[0].hits[1].passage }}</p>"))
    assert bodies.html == "<p>… un accord sur les réseaux de l’[OTAN] &amp; ceux de ses &lt;alliés&gt; …</p>"


GROWING = "{{% set n = namespace(x={1}) %}}{{% for i in range(40) %}}{{% set n.x = {0} %}}{{% endfor %}}{{{{ n.x|length }}}}"
"""A text, list or number that grows with every round."""
DOUBLED = "{{% set n = namespace(x=[1], y=[1]) %}}{{% for i in range({1}) %}}{{% set n.x = {0} %}}{{% endfor %}}"
"""Something that has twice as much in it after every round, and takes no more room."""
LONG = "{% set n = namespace(x='a') %}{% for i in range(20) %}{% set n.x = n.x ~ n.x %}{% endfor %}"
"""A text of a million letters."""

BROKEN = {
    "{{ letter.titel }}": "mail.txt: UndefinedError",
    "{% if %}": "mail.txt, line 1: ",
    "a\n{{ letter.title": "mail.txt, line 2: ",
    "{{ 1 / 0 }}": "mail.txt: ZeroDivisionError",
    '{% include "absent" %}': "mail.txt: TemplateNotFound",
    '{% extends "mail.txt" %}': "mail.txt: RecursionError",
    "{{ letter.__class__.__mro__ }}": "mail.txt: SecurityError",
    "{{ letter.title.__init__.__globals__ }}": "mail.txt: SecurityError",
    "{% for a in range(1000000000) %}x{% endfor %}": "mail.txt: ValueError: range() goes to 1000 at most",
    "{% for a in range(999) %}{% for b in range(999) %}{{ letter }}{% endfor %}{% endfor %}": "mail.txt: ValueError: it makes a message",
    "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}": (
        "mail.txt: ValueError: it goes round for too long"
    ),
    "{{ 10 ** 10 ** 8 }}": "mail.txt: SecurityError: ** is not allowed here",
    "{{ [0] * 1000000000000 }}": "mail.txt: SecurityError: * is not allowed here",
    "{{ 'x'.ljust(900000000)|length }}": "mail.txt: SecurityError: it makes too much in one step",
    "{{ 'x'|center(900000000)|length }}": "mail.txt: SecurityError: it makes too much in one step",
    "{{ '%900000000d'|format(1)|length }}": "mail.txt: SecurityError: a format may not be so wide",
    "{{ '{:>{}}'.format(1, 900000000)|length }}": "mail.txt: SecurityError: a format may not be so wide",
    "{{ ('%*d' % (900000000, 1))|length }}": "mail.txt: SecurityError: a format may not be so wide",
    GROWING.format("n.x ~ n.x", "'ab'"): "mail.txt: SecurityError: it makes a message that is too long",
    GROWING.format("n.x + n.x", "[1]"): "mail.txt: SecurityError: it makes a message that is too long",
    GROWING.format("n.x.replace('a', n.x)", "'aa'"): "mail.txt: SecurityError: it makes too much in one step",
    GROWING.format("n.x * n.x", "9"): "mail.txt: SecurityError: the numbers are too large",
    DOUBLED.format("[n.x, n.x]", 40) + "{{ n.x }}": "mail.txt: SecurityError: it makes a message that is too long",
    DOUBLED.format("(n.x, n.x)", 40) + "{{ n.x|tojson }}": "mail.txt: SecurityError: it makes a message that is too long",
    DOUBLED.format("{'a': n.x, 'b': n.x}", 40) + "{{ n.x ~ 1 }}": "mail.txt: SecurityError: it makes a message that is too long",
    DOUBLED.format("dict(a=n.x, b=n.x)", 40) + "{{ n.x }}": "mail.txt: SecurityError: it makes a message that is too long",
    DOUBLED.format("[n.x]|batch(2, n.x)|first", 40) + "{{ n.x }}": "mail.txt: SecurityError: it makes a message that is too long",
    DOUBLED.format("[n.x, n.x]", 19) + "{% set y = n.x|list %}{% for i in range(999) %}{{ n.x == y }}{% endfor %}": (
        "mail.txt: ValueError: it goes round for too long"
    ),
    LONG + "{{ n.x.join(range(1000)|map('string'))|length }}": "mail.txt: SecurityError: it makes too much in one step",
    LONG + "{{ n.x.join(range(1000)|map('string')|list|reverse)|length }}": "mail.txt: SecurityError: it makes too much in one step",
    LONG + "{{ range(1000)|map('string')|join(n.x)|length }}": "mail.txt: SecurityError: it makes too much in one step",
    "{% for i in range(1000) %}{% set x = 'a'|center(1900000 + i) %}{% endfor %}": "mail.txt: ValueError: it goes round for too long",
    LONG + "{% for i in range(999) %}{% for j in range(99) %}{{ n.x|striptags|length }}{% endfor %}{% endfor %}": (
        "mail.txt: ValueError: it goes round for too long"
    ),
    LONG + "{% for i in range(999) %}{% for j in range(99) %}{{ n.x[1:]|length }}{% endfor %}{% endfor %}": (
        "mail.txt: ValueError: it goes round for too long"
    ),
    LONG + "{% for i in range(999) %}{% for j in range(99) %}{{ 'b' in n.x }}{% endfor %}{% endfor %}": (
        "mail.txt: ValueError: it goes round for too long"
    ),
    LONG + "{% set y = n.x.encode() %}{{ y.replace('a'.encode(), y)|length }}": "mail.txt: SecurityError: it makes too much in one step",
    "{{ [1]|batch(49000000, 'x')|list|length }}": "mail.txt: SecurityError: it makes too much in one step",
    "  \n": "mail.txt: it makes an empty message",
}


@pytest.mark.parametrize("source", BROKEN)
def test_a_broken_template_is_told_and_ours_makes_the_mail(source):
    bodies = rendered(with_templates(mail_txt=source))
    assert bodies.text == rendered(ENGLISH).text
    (trouble,) = bodies.troubles
    assert trouble.startswith(BROKEN[source])
    assert trouble.endswith("; ours is used")


def test_a_broken_template_is_told_in_the_log_once_for_a_channel(caplog):
    writer = LetterWriter(with_templates(mail_html="{{ letter.titel }}"))
    address = parse_mail_address("a@example.org")
    with caplog.at_level(logging.WARNING):
        mails = [writer.render_email(make_bundle(number=number), address, [address], MORNING) for number in range(3)]
    assert ["a mail template cannot be used" in record.getMessage() for record in caplog.records] == [True]
    assert all(">OTAN</mark>" in mail.get_body(("html",)).get_content() for mail in mails)


def test_a_template_that_could_not_be_read_is_told_in_the_log_too(caplog):
    address = parse_mail_address("a@example.org")
    unreadable = replace(ENGLISH, templates=OwnTemplates({}, ("own/mail.txt cannot be read: Permission denied",)))
    with caplog.at_level(logging.WARNING):
        LetterWriter(unreadable).render_email(make_bundle(), address, [address], MORNING)
    assert [record.getMessage() for record in caplog.records] == [
        "a mail template cannot be used: own/mail.txt cannot be read: Permission denied"
    ]


def test_templates_are_tried_before_there_is_a_mail():
    assert check_templates(ENGLISH) == []
    assert check_templates(with_templates(mail_txt="{{ letter.title }}")) == []
    assert [trouble.partition(":")[0] for trouble in check_templates(with_templates(mail_txt="{{ x }}", mail_html="{% x %}"))] == [
        "mail.html, line 1",
        "mail.txt",
    ]


def test_a_template_that_could_not_be_read_is_told_with_the_others():
    assert check_templates(replace(ENGLISH, templates=OwnTemplates({}, ("mail.txt cannot be read",)))) == ["mail.txt cannot be read"]


def test_lone_surrogates_that_a_template_makes_hold_up_no_mail():
    address = parse_mail_address("a@example.org")
    mail = LetterWriter(with_templates(mail_txt="{{ 'a\\udcffb' }}")).render_email(make_bundle(), address, [address], MORNING)
    assert mail.get_body(("plain",)).get_content().strip() == "a?b"


def test_what_a_template_may_ask_of_a_letter_is_documented():
    documented = set(re.findall(r"^\| `letter\.(\w+)`", (DOCS / "mail-templates.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == set(Letter.__dataclass_fields__)
