"""A mail as a browser shows it, in light, in dark, and darkened by force; where there is a Chromium to look with."""

from __future__ import annotations

from html import escape

import pytest

from tests.pictures import LOOKS, MAILS, PICTURES, Look, contrast_in, find_browser, make_mail, photograph, read_png, read_size

pytestmark = pytest.mark.timeout(180)  # a browser starts for each picture, on a machine that may be busy

MARKS_ALONE = "<style>body * { visibility: hidden !important } mark { visibility: visible !important }</style>"

BARS_ALONE = "<style>body * { visibility: hidden !important } td div { visibility: visible !important }</style>"
PHONES = """<!DOCTYPE html><body style="margin: 0">{phones}<script>
    window.onload = () => {{
        const pages = [...document.querySelectorAll("iframe")].map(one => one.contentDocument.documentElement);
        const fits = pages.length > 0 && pages.every(page => page.scrollWidth <= 360 && page.textContent.trim().length > 100);
        document.body.innerHTML = "";
        document.body.style.background = fits ? "#00ff00" : "#ff0000";
    }};
</script>"""
"""Each mail on a phone of its own: green if all fit without being pushed aside."""


@pytest.fixture(scope="module")
def browser() -> str:
    found = find_browser()
    if found is None:
        pytest.skip("there is no Chromium here")
    return found


@pytest.mark.parametrize("name", LOOKS)
def test_the_documentation_has_a_small_picture_of_each_look(name):
    assert read_size(PICTURES / f"{name}.png") == (LOOKS[name].width, LOOKS[name].height)
    assert (PICTURES / f"{name}.png").stat().st_size < 150_000


def test_the_three_looks_of_colour_are_three_pictures():
    assert len({(PICTURES / f"mail-{name}.png").read_bytes() for name in ("light", "dark", "forced-dark")}) == 3


@pytest.mark.parametrize("name", [name for name in LOOKS if name.startswith("mail-")])
def test_found_words_stand_out_from_what_is_behind_them(browser, name, tmp_path):
    photograph(browser, make_mail() + MARKS_ALONE, LOOKS[name], tmp_path / "marks.png")
    assert contrast_in(tmp_path / "marks.png") >= 4.5


def test_every_mail_has_room_on_a_phone(browser, tmp_path):
    phones = "".join(f'<iframe srcdoc="{escape(make())}" width="360" height="640" frameborder="0"></iframe>' for make in MAILS.values())
    photograph(browser, PHONES.format(phones=phones), Look(800, 600), tmp_path / "room.png")
    _, rows = read_png(tmp_path / "room.png")
    assert rows[5][5] == (0, 255, 0)


@pytest.mark.parametrize("name", ["surge-light", "surge-dark"])
def test_the_bars_of_a_surge_stand_out_from_what_is_behind_them(browser, name, tmp_path):
    photograph(browser, MAILS["surge"]() + BARS_ALONE, LOOKS[name], tmp_path / "bars.png")
    assert contrast_in(tmp_path / "bars.png") >= 3  # WCAG 2.2, 1.4.11: graphical objects
