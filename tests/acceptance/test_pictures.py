"""A mail as a browser shows it, in light, in dark, and darkened by force; where there is a Chromium to look with."""

from __future__ import annotations

import pytest

from tests.pictures import LOOKS, PICTURES, SURGE_LOOKS, contrast_in, find_browser, make_mail, make_surge_mail, photograph, read_png

pytestmark = pytest.mark.timeout(180)  # a browser starts for each picture, on a machine that may be busy

MARKS_ALONE = "<style>body * { visibility: hidden !important } mark { visibility: visible !important }</style>"

BARS_ALONE = "<style>body * { visibility: hidden !important } td div { visibility: visible !important }</style>"

GREEN_IF_IT_FITS = """<script>
    const fits = document.documentElement.scrollWidth <= window.innerWidth;
    document.body.innerHTML = "";
    document.body.style.background = fits ? "#00ff00" : "#ff0000";
</script>"""


@pytest.fixture(scope="module")
def browser() -> str:
    found = find_browser()
    if found is None:
        pytest.skip("there is no Chromium here")
    return found


@pytest.mark.parametrize("name", LOOKS)
def test_the_documentation_has_a_small_picture_of_each_look(name):
    width, rows = read_png(PICTURES / f"{name}.png")
    assert (width, len(rows)) == (LOOKS[name].width, LOOKS[name].height)
    assert (PICTURES / f"{name}.png").stat().st_size < 150_000


def test_the_three_looks_of_colour_are_three_pictures():
    assert len({(PICTURES / f"mail-{name}.png").read_bytes() for name in ("light", "dark", "forced-dark")}) == 3


@pytest.mark.parametrize("name", LOOKS)
def test_found_words_stand_out_from_what_is_behind_them(browser, name, tmp_path):
    photograph(browser, make_mail() + MARKS_ALONE, LOOKS[name], tmp_path / "marks.png")
    assert contrast_in(tmp_path / "marks.png") >= 4.5


@pytest.mark.parametrize("name", SURGE_LOOKS)
def test_the_documentation_has_a_picture_of_the_chart_of_a_surge(name):
    width, rows = read_png(PICTURES / f"{name}.png")
    assert (width, len(rows)) == (SURGE_LOOKS[name].width, SURGE_LOOKS[name].height)


def test_the_chart_has_room_on_a_phone(browser, tmp_path):
    photograph(browser, make_surge_mail() + GREEN_IF_IT_FITS, SURGE_LOOKS["surge-light"], tmp_path / "room.png")
    _, rows = read_png(tmp_path / "room.png")
    assert rows[5][5] == (0, 255, 0)


@pytest.mark.parametrize("name", SURGE_LOOKS)
def test_bars_can_be_told_from_what_is_behind_them(browser, name, tmp_path):
    photograph(browser, make_surge_mail() + BARS_ALONE, SURGE_LOOKS[name], tmp_path / "bars.png")
    assert contrast_in(tmp_path / "bars.png") >= 3  # WCAG 2.2, 1.4.11: graphical objects


def test_the_mail_has_room_on_a_phone(browser, tmp_path):
    photograph(browser, make_mail() + GREEN_IF_IT_FITS, LOOKS["mail-light"], tmp_path / "room.png")
    _, rows = read_png(tmp_path / "room.png")
    assert rows[5][5] == (0, 255, 0)
