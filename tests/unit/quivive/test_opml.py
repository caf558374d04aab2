import pytest

from quivive.config.opml import LARGEST_OPML_BYTES, OpmlError, OpmlFeed, read_opml


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}\n<opml version="2.0"><body>\n{body}\n</body></opml>'.encode()


def test_every_outline_with_an_xmlurl_is_a_feed_in_the_order_of_the_file():
    feeds = read_opml(
        opml('<outline type="rss" text="Un" xmlUrl="https://un.example/feed"/>\n<outline text="Deux" xmlUrl="https://deux.example/feed"/>')
    )
    assert feeds == (OpmlFeed("https://un.example/feed", "Un", (), 3), OpmlFeed("https://deux.example/feed", "Deux", (), 4))


def test_the_folders_around_a_feed_and_its_categories_are_its_tags():
    feeds = read_opml(
        opml(
            '<outline text="Tech"><outline title="IA"><outline text="Un" category="/Boston/Météo,radar,Tech" xmlUrl="https://un.example/"/></outline></outline>'
            '<outline text="Deux" xmlUrl="https://deux.example/"/>'
        )
    )
    assert [feed.tags for feed in feeds] == [("Tech", "IA", "Boston", "Météo", "radar"), ()]


def test_a_feed_in_two_folders_is_one_feed_with_the_tags_of_both():
    feed = '<outline text="Un" xmlUrl="https://un.example/"/>'
    (only,) = read_opml(opml(f'<outline text="Matin">{feed}</outline><outline text="Soir">{feed}</outline>'))
    assert only.tags == ("Matin", "Soir")


def test_a_feed_may_be_called_by_the_scheme_that_readers_once_had_for_feeds():
    feeds = read_opml(opml('<outline text="Un" xmlUrl="feed://un.example/"/><outline text="Deux" xmlUrl="feed:https://deux.example/"/>'))
    assert [feed.url for feed in feeds] == ["http://un.example/", "https://deux.example/"]


def test_a_feed_that_holds_feeds_names_no_folder():
    feeds = read_opml(
        opml('<outline text="Un" xmlUrl="https://un.example/"><outline text="Deux" xmlUrl="https://deux.example/"/></outline>')
    )
    assert [(feed.title, feed.tags) for feed in feeds] == [("Un", ()), ("Deux", ())]


def test_a_title_is_preferred_to_a_text_and_neither_is_none():
    feeds = read_opml(
        opml('<outline text="t" title="Titre" xmlUrl="https://un.example/"/><outline text="" XMLURL=" https://deux.example/ "/>')
    )
    assert [(feed.url, feed.title) for feed in feeds] == [("https://un.example/", "Titre"), ("https://deux.example/", None)]


def test_other_encodings_than_utf_8_are_read():
    content = '<?xml version="1.0" encoding="ISO-8859-1"?><opml><body><outline text="Été" xmlUrl="https://un.example/"/></body></opml>'
    assert read_opml(content.encode("latin-1"))[0].title == "Été"


def test_an_encoding_nobody_knows_is_an_error_that_says_so():
    with pytest.raises(OpmlError, match="encoding"):
        read_opml(b'<?xml version="1.0" encoding="klingon-8"?><opml/>')


def test_an_entity_bomb_is_refused_at_its_first_declaration():
    bomb = '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with pytest.raises(OpmlError, match="line 1: declares the entity 'a'; such files are refused"):
        read_opml(opml('<outline text="&b;" xmlUrl="https://un.example/"/>', head=bomb))


def test_no_file_of_this_machine_gets_into_the_list(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("https://secret.example/")
    reference = f'<!DOCTYPE opml [<!ENTITY file SYSTEM "{secret.as_uri()}">]>'
    with pytest.raises(OpmlError, match="declares the entity 'file'"):
        read_opml(opml("<outline>&file;</outline>", head=reference))


def test_damage_is_an_error_with_its_line():
    with pytest.raises(OpmlError, match=r"line 3: not well-formed XML \(not well-formed \(invalid token\)\)"):
        read_opml(opml('<outline text="Un" xmlUrl="https://un.example/?a=1&b=2"/>'))


@pytest.mark.parametrize("content", [b"", b"   ", b"url,title\n", b"{}"])
def test_what_is_no_xml_is_an_error(content):
    with pytest.raises(OpmlError, match="not well-formed XML"):
        read_opml(content)


def test_another_kind_of_xml_is_an_error_that_names_what_was_found():
    with pytest.raises(OpmlError, match="this is no OPML: it begins with <html>"):
        read_opml(b"<html><body/></html>")


def test_very_deep_nesting_is_read_without_recursion():
    depth = 50_000
    feeds = read_opml(opml("<outline>" * depth + '<outline xmlUrl="https://un.example/"/>' + "</outline>" * depth))
    assert len(feeds) == 1


def test_a_huge_file_is_refused_unread():
    with pytest.raises(OpmlError, match="larger than 20 MB"):
        read_opml(b" " * (LARGEST_OPML_BYTES + 1))


def test_a_list_of_nothing_has_no_feeds():
    assert read_opml(opml("")) == ()


def test_a_real_list_of_french_feeds_is_read_whole(corpus):
    content = (corpus / "french-tech-feeds.opml").read_bytes()
    feeds = read_opml(content)
    assert len(feeds) == content.count(b"xmlUrl=")
    assert all(feed.title and feed.tags for feed in feeds)
