"""`docs/configuration.md` tells the truth: its tables are those of the program, key by key and default by default."""

import json
import re

import pytest

from monitors import KINDS, ChannelTable, table_of
from news.tables import REQUIRED
from quivive.config.model import SECTIONS, EntityTable, FeedTable, OpmlTable, TopicTable

TABLES = {f"[{name}]": model for name, model in SECTIONS.items()} | {
    "[[sources]]": FeedTable,
    "[[sources]] with opml": OpmlTable,
    "[entities.KEY]": EntityTable,
    "[[topics]]": TopicTable,
    "[channels.NAME] of any type": ChannelTable,
    **{f'[channels.NAME] with type = "{kind}"': table_of(kind) for kind in KINDS},
}


@pytest.fixture(scope="module")
def page(project) -> dict[str, str]:
    """The page's sections by their headings."""
    parts = re.split(r"^## (.+)\n", (project / "docs" / "configuration.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def written_default(default) -> str:
    if default is REQUIRED:
        return "required"
    return "none" if default is None else f"`{json.dumps(list(default) if isinstance(default, tuple) else default)}`"


def test_the_page_has_a_section_for_every_table_and_no_other(page):
    assert list(page) == list(TABLES)


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_is_explained_with_its_default(page, heading):
    explained = re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", page[heading], flags=re.MULTILINE)
    table = TABLES[heading]
    inherited = ChannelTable.keys if issubclass(table, ChannelTable) and table is not ChannelTable else {}
    assert explained == [(key.written or name, written_default(key.default)) for name, key in table.keys.items() if name not in inherited]
