"""What a worker prepares is what the writing thread would have made itself."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news import placing, preparing
from news.fingerprints import normalise_text
from news.judging import Version, identify_entries, make_version
from news.placing import Unplaced, make_unplaced
from news.preparing import analysed_words, feed_version, page_version, prepare_feed, prepare_page, prepared_entries
from news.sources import ExtractedPage, FeedEntry, ParsedFeed
from news.text.analysis import AnalysedArticle, KnownAnalysis, analyse, analyse_article, index_columns, joined
from news.urls import comparing_url

PUBLISHED = datetime(2025, 2, 10, 11, 30, tzinfo=UTC)
ENTRY = FeedEntry(
    guid="a-1",
    link="https://Journal.example/a?utm_source=rss&id=4#lire",
    title="L’OTAN signe avec OpenAI",
    summary="Un contrat militaire.",
    content="<p>Le contrat, signé lundi, vaut 40 M€.",
    author="A. Petit",
    published_at=PUBLISHED,
)
PAGE = ExtractedPage(
    title="OTAN : le contrat", text="L'OTAN signe avec OpenAI\nLe contrat est signé.\nFin.", canonical_url="https://journal.example/a#x"
)

texts = st.text(st.sampled_from("aé’ Œ\n.-ﬁ\u0301OTAN1\ud800"), max_size=60)
entries = st.builds(
    FeedEntry,
    guid=st.none() | st.sampled_from(["1", "2"]),
    link=st.none() | st.sampled_from(["https://journal.example/a", "http://\\\\/["]),
    title=st.none() | texts,
    summary=st.none() | texts,
    content=st.none() | texts,
)


def words_of(analysed: AnalysedArticle) -> tuple[object, ...]:
    """All that an analysis can be asked."""
    asked = [(words.tokens, words.stems, words.places(), len(words)) for words in (analysed.title_tokens, analysed.text_tokens)]
    return analysed.title, analysed.text, index_columns(analysed), *asked


def unplaced_of(version: Version) -> Unplaced:
    """What the version is placed in a story by."""
    return make_unplaced(1, 1, "https://journal.example/a", PUBLISHED, analysed_words(version), version.for_placing)


@given(st.lists(entries, max_size=4))
def test_prepared_entries_are_what_judging_would_make(read: list[FeedEntry]) -> None:
    feed = prepare_feed(ParsedFeed("Journal", tuple(read)))
    made = prepared_entries(feed)
    assert [(one.key, one.entry, one.fingerprints) for one in made] == [
        (one.key, one.entry, one.fingerprints) for one in identify_entries(read)
    ]
    for one in made:
        version = make_version(one.entry, None)
        prepared = feed_version(one)
        assert prepared == version
        assert (prepared.title_key, prepared.own_hash) == (version.title_key, version.own_hash)
        assert words_of(analysed_words(prepared)) == words_of(analyse_article(version.title, version.text))
        assert unplaced_of(prepared) == unplaced_of(version)
        assert one.address == (comparing_url(one.entry.link) if one.entry.link else None)


@given(entries, st.none() | texts, texts)
def test_a_prepared_page_gives_the_version_that_judging_would_make(entry: FeedEntry, title: str | None, text: str) -> None:
    entry = identify_entries([entry])[0].entry
    page = prepare_page(ExtractedPage(title, text))
    version = make_version(entry, page)
    prepared = page_version(entry, page)
    assert prepared == version
    assert (prepared.title_key, prepared.own_hash) == (version.title_key, version.own_hash)
    assert words_of(analysed_words(prepared)) == words_of(analyse_article(version.title, version.text))
    assert unplaced_of(prepared) == unplaced_of(version)


def test_the_hash_of_a_page_leaves_out_the_line_that_repeats_the_title_of_its_entry() -> None:
    page = prepare_page(PAGE)
    with_it = page_version(ENTRY, page)
    without = page_version(replace(ENTRY, title="Autre"), page)
    assert with_it.text_hash == make_version(ENTRY, PAGE).text_hash != without.text_hash
    assert with_it.text_length == len(normalise_text("Le contrat est signé. Fin."))


@pytest.mark.parametrize("entry", [ENTRY, replace(ENTRY, title=None, author=None, published_at=None, updated_at=PUBLISHED)])
def test_a_body_that_was_not_prepared_is_prepared_when_it_is_asked(entry: FeedEntry) -> None:
    feed = ParsedFeed("Journal", (entry, entry))
    assert prepared_entries(feed) == prepare_feed(feed).prepared
    assert page_version(entry, PAGE) == page_version(entry, prepare_page(PAGE))
    assert page_version(entry, PAGE) == make_version(entry, PAGE)


def test_what_was_prepared_is_not_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    feed, page = prepare_feed(ParsedFeed("Journal", (ENTRY,))), prepare_page(PAGE, ENTRY.title)

    def refuse(*_: object) -> None:
        raise AssertionError("made anew")

    for name in ("identify_entries", "make_version", "analyse_article", "_hash_of", "joined_words", "fingerprint", "normalise_text"):
        monkeypatch.setattr(preparing, name, refuse)
    for module in (placing, preparing):
        monkeypatch.setattr(module, "prepare_for_placing", refuse)
    assert unplaced_of(feed_version(prepared_entries(feed)[0])).sketch.words
    for module in (placing, preparing):
        monkeypatch.setattr(module, "prepare_under_title", refuse)
    assert unplaced_of(page_version(ENTRY, page)).sketch.words
    assert analysed_words(feed_version(prepared_entries(feed)[0])).text_tokens.tokens
    assert analysed_words(page_version(ENTRY, page)).text_tokens.tokens


@pytest.mark.parametrize("expected", [None, "Le contrat", "Autre"])
def test_a_page_is_prepared_under_the_title_that_its_entry_is_expected_to_have(expected: str | None) -> None:
    page = prepare_page(PAGE, expected)
    assert page.prepared is not None
    assert page.prepared.title == (expected or PAGE.title)
    for entry in (ENTRY, replace(ENTRY, title=None), replace(ENTRY, title="Autre")):
        version, plain = page_version(entry, page), make_version(entry, PAGE)
        assert version == plain
        assert (version.title_key, version.own_hash) == (plain.title_key, plain.own_hash)
        assert unplaced_of(version) == unplaced_of(plain)


def test_a_body_of_more_text_than_is_sent_along_keeps_all_but_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "MOST_ANALYSED", 150)
    feed = prepare_feed(ParsedFeed("Journal", (ENTRY, replace(ENTRY, guid="a-2"), replace(ENTRY, guid="a-3"))))
    made = prepared_entries(feed)
    assert [one.words.analysed is None for one in made] == [False, True, True]
    assert len({one.words.text_hash for one in made}) == 1
    assert words_of(analysed_words(feed_version(made[0]))) == words_of(analysed_words(feed_version(made[2])))
    long = prepare_page(replace(PAGE, text="mot " * 50))
    assert page_version(ENTRY, long).words.analysed is None
    assert analysed_words(page_version(ENTRY, long)).text_tokens.tokens == ("mot",) * 50


@pytest.mark.parametrize("text", ["", "mot", "Les contrats militaires de l’OTAN sont signés."])
@pytest.mark.parametrize("count", [0, 1, 3, 65])
def test_the_first_words_are_those_that_all_begin_with(text: str, count: int) -> None:
    analysis = analyse(text)
    assert tuple(analysis.first_stems(count)) == analysis.stems[:count]
    known = KnownAnalysis(text, *joined(analysis))
    assert (tuple(known.first_tokens(count)), tuple(known.first_stems(count))) == (analysis.tokens[:count], analysis.stems[:count])
    assert tuple(analysis.first_tokens(count)) == analysis.tokens[:count]


def test_prepared_words_are_sent_as_strings_not_as_lists_of_them() -> None:
    text = "Le contrat militaire est signé. " * 200
    known = KnownAnalysis(text, *joined(analyse(text)))
    assert joined(known) == joined(analyse(text))
    assert known.places() == analyse(text).places()
    bare, prepared = ExtractedPage("Titre", text), prepare_page(ExtractedPage("Titre", text))
    assert len(pickle.dumps(prepared)) < 6 * len(pickle.dumps(bare))
    assert prepared == bare
