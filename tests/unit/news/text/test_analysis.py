"""What a word is, and where it stands."""

from __future__ import annotations

import re
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.text import TOKEN_SIGNS, analyse, analyse_article, index_columns
from news.text import tokens as cutting
from news.text.remembering import Remembered
from news.text.tokens import APOSTROPHES

TOKENS = [
    # elided articles and conjunctions
    ("l’OTAN", "otan"),
    ("d'OTAN", "otan"),
    ("qu’OpenAI", "openai"),
    ("L'OTAN", "otan"),
    ("L´OTAN", "otan"),
    ("lOTAN", "lotan"),
    ("jusqu'à lorsqu'il puisqu’elle quoiqu'on", "a il elle on"),
    ("n'est s'il m'a t'es j'ai c'est", "est il a es ai est"),
    ("ç’a été", "a ete"),
    ("Qu'OpenAI s’allie", "openai allie"),
    ("l' OTAN", "otan"),
    ("l’« OTAN »", "otan"),
    ("l’“OTAN”", "otan"),
    ("l''OTAN", "otan"),
    ("l'", ""),
    ("qu’", ""),
    ("l l", "l l"),
    ("presqu'autant", "autant"),
    ("d’Artagnan", "artagnan"),
    ("L’Oréal", "oreal"),
    ("l'iPhone d'Apple", "iphone apple"),
    ("d'1,5 million", "1.5 million"),
    ("entre l'IA et l'UE", "entre ia et ue"),
    # words with an apostrophe of their own
    ("aujourd’hui", "aujourdhui"),
    ("aujourd'hui", "aujourdhui"),
    ("Aujourd`hui", "aujourdhui"),
    ("d'aujourd’hui", "aujourdhui"),
    ("jusqu’aujourd’hui", "aujourdhui"),
    ("presqu’île presqu'îles", "presquile presquiles"),
    ("quelqu’un quelqu'une", "quelquun quelquune"),
    ("prud’hommes", "prudhommes"),
    ("l'entr’ouverture", "entrouverture"),
    ("O’Reilly d'O'Reilly", "oreilly oreilly"),
    ("grand’mère", "grandmere"),
    ("OpenAI's", "openai s"),
    ("McDonald’s", "mcdonald s"),
    ("rock'n'roll", "rock roll"),
    ("'OTAN'", "otan"),
    ("‘OTAN’", "otan"),
    ("les Guys'", "les guys"),
    # dashes and slashes
    ("GPT-5", "gpt 5"),
    ("4G/5G", "4g 5g"),
    ("OpenAI–OTAN", "openai otan"),
    ("OpenAI—OTAN", "openai otan"),
    ("OpenAI‑OTAN", "openai otan"),
    ("OpenAI−OTAN", "openai otan"),
    ("OpenAI - OTAN", "openai otan"),
    ("semble-t-il", "semble t il"),
    ("militaro-industriel", "militaro industriel"),
    ("États-Unis", "etats unis"),
    ("-OTAN-", "otan"),
    ("km/h", "km h"),
    ("snake_case", "snake case"),
    ("2026-03-04", "2026 03 04"),
    # case, accents, ligatures
    ("ÉTÉ été ete", "ete ete ete"),
    ("œuvre Œuvre oeuvre", "oeuvre oeuvre oeuvre"),
    ("ex æquo", "ex aequo"),
    ("çà garçon", "ca garcon"),
    ("naïf Noël maïs", "naif noel mais"),
    ("Straße", "strasse"),
    ("Łódź Ørsted", "lodz orsted"),
    ("İstanbul", "istanbul"),
    ("e\u0301te\u0301", "ete"),
    ("c\u0327a", "ca"),
    ("ＯＴＡＮ", "otan"),
    ("ﬁnance", "finance"),
    ("XXᵉ", "xxe"),
    ("Ⅳ", "iv"),
    # spaces and characters that cannot be seen
    ("contrat\u00a0militaire", "contrat militaire"),
    ("contrat\u202fmilitaire", "contrat militaire"),
    ("contrat\u2009militaire\u3000global", "contrat militaire global"),
    ("mili\u00adtaire", "militaire"),
    ("Open\u200bAI", "openai"),
    ("Open\u2060AI \ufeffOTAN", "openai otan"),
    ("\u200eOTAN\u200f", "otan"),
    ("a\x00b", "a b"),
    ("OTAN\ud800x", "otan x"),
    ("", ""),
    ("…", ""),
    ("🚀 OTAN 🚀", "otan"),
    ("OTAN🚀OpenAI", "otan openai"),
    # signs that make a name
    ("C++", "c++"),
    ("C++.", "c++"),
    ("C++20", "c++ 20"),
    ("(C++)", "c++"),
    ("C/C++/C#", "c c++ c#"),
    ("C#", "c#"),
    ("F#, C#.", "f# c#"),
    (".NET", ".net"),
    ("« .NET »", ".net"),
    (".NET/C#", ".net c#"),
    ("en .NET.", "en .net"),
    ("l'ASP.NET", "asp.net"),
    ("AT&T", "at&t"),
    ("R&D", "r&d"),
    ("H&M d'H&M", "h&m h&m"),
    ("Next.ink", "next.ink"),
    ("NEXT.INK", "next.ink"),
    ("Node.js", "node.js"),
    ("Node.js's", "node.js s"),
    ("Booking.com,", "booking.com"),
    ("data.gouv.fr", "data.gouv.fr"),
    ("https://www.openai.com/otan", "https www.openai.com otan"),
    ("contact@openai.com", "contact openai.com"),
    ("Canal+", "canal+"),
    ("Disney+.", "disney+"),
    ("1+1=2", "1 1 2"),
    ("OpenAI+OTAN", "openai otan"),
    ("Bac+5", "bac 5"),
    ("#OTAN", "otan"),
    ("@OpenAI", "openai"),
    ("OpenAI&OTAN", "openai otan"),
    ("a & b", "a b"),
    ("U.S.A.", "usa"),
    ("l’O.T.A.N.", "otan"),
    ("M. Macron", "m macron"),
    # a lost space after a full stop hides nothing
    ("avec l'OTAN.Les alliés", "avec otan les allies"),
    ("avec OpenAI.L’OTAN", "avec openai otan"),
    ("OTAN.Microsoft", "otan microsoft"),
    ("OTAN...Microsoft", "otan microsoft"),
    ("OTAN,OpenAI;Meta:X!Y?Z", "otan openai meta x y z"),
    ("OTAN…OpenAI", "otan openai"),
    # digits
    ("3,5 3.5", "3.5 3.5"),
    ("GPT-3.5", "gpt 3.5"),
    ("GPT-4o", "gpt 4o"),
    ("10%", "10"),
    ("10 %", "10"),
    ("40€ $40", "40 40"),
    ("v2.0.1.", "v2.0.1"),
    ("en 2024, 2025", "en 2024 2025"),
    ("10 000", "10 000"),
    ("12:30", "12 30"),
    ("1er 2e", "1er 2e"),
    ("OTAN.5", "otan 5"),
    ("CO₂", "co2"),
    ("OpenAI™ ChatGPT® OTAN²", "openai chatgpt otan"),
    ("n° 5", "n 5"),
    # other scripts
    ("Ελλάδα Киев 東京", "ελλαδα киев 東京"),
    ("étudiant·e·s", "etudiant e s"),
    ("salarié(e)s", "salarie e s"),
]


@pytest.mark.parametrize(("text", "tokens"), TOKENS)
def test_a_text_has_these_words(text, tokens):
    assert list(analyse(text).tokens) == tokens.split()


@pytest.mark.parametrize("apostrophe", sorted(APOSTROPHES))
def test_all_apostrophes_are_one(apostrophe):
    assert analyse(f"l{apostrophe}OTAN aujourd{apostrophe}hui").tokens == ("otan", "aujourdhui")


@pytest.mark.parametrize(
    ("text", "originals"),
    [
        ("l’OTAN et d'OpenAI", ["OTAN", "et", "OpenAI"]),
        ("Cœur à cœur", ["Cœur", "à", "cœur"]),
        ("Open\u00adAI, aujourd’hui", ["Open\u00adAI", "aujourd’hui"]),
        ("e\u0301te\u0301 bleu", ["e\u0301te\u0301", "bleu"]),
        ("«C++», .NET et l'U.S.A.!", ["C++", ".NET", "et", "U.S.A"]),
        ("OpenAI–OTAN", ["OpenAI", "OTAN"]),
        ("ﬁn de l’ﬂuo", ["ﬁn", "de", "ﬂuo"]),
    ],
)
def test_offsets_cut_the_words_out_of_the_original(text, originals):
    words = analyse(text)
    assert [text[start:end] for start, end in words.places()] == originals


def test_a_word_of_a_million_characters_takes_no_longer_than_its_length():
    assert len(analyse("a.b" * 100_000 + "é" * 200_000)) > 0
    assert len(analyse("a&" * 200_000)) > 0
    assert len(analyse("l'" * 200_000)) == 0
    assert len(analyse("1," * 200_000)) > 0


ANY_TEXT = st.text(max_size=80) | st.text(alphabet="aéœÉ'’.,+#&-–/ \u00a0\u00ad\u0301\u200b5LdqujsNETCfr", max_size=60)


@given(ANY_TEXT)
def test_unicode_normal_forms_give_the_same_words(text):
    composed, decomposed = (analyse(unicodedata.normalize(form, text)) for form in ("NFC", "NFD"))
    assert composed.tokens == decomposed.tokens


@given(ANY_TEXT)
def test_offsets_are_in_order_and_within_the_text(text):
    words = analyse(text)
    places = words.places()
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert len(words.tokens) == len(words.stems) == len(places) == len(words)


@given(ANY_TEXT)
def test_words_hold_only_letters_digits_and_the_signs_told_to_the_index(text):
    words = analyse(text)
    for word in words.tokens + words.stems:
        assert word
        assert all(letter.isalnum() or letter in TOKEN_SIGNS for letter in word)


@given(st.text(alphabet="abcéèœçLN'’.+#&-/ 59", max_size=40))
def test_capitals_do_not_change_the_words(text):
    assert analyse(text).tokens == analyse(text.upper()).tokens == analyse(text.lower()).tokens


def test_the_index_holds_the_words_of_both_fields_in_both_forms():
    article = analyse_article("Les contrats de l’OTAN", "Les réseaux nationaux")
    assert index_columns(article) == ("les contrats de otan", "les contrat de otan", "les reseaux nationaux", "les reseau national")


def _cut_the_long_way(chunk):
    folded, starts, ends = cutting._fold(chunk)
    return tuple(
        cutting.Token(cutting._spelling(match), starts[match.start()], ends[match.end() - 1])
        for match in cutting._TOKEN.finditer(folded)
        if match.lastgroup != "elided"
    )


def test_the_quick_way_through_a_chunk_of_one_word_gives_what_the_long_way_gives_for_every_letter_and_digit_of_unicode():
    chunks = [f"{character}x{character}" for character in map(chr, range(sys.maxunicode + 1)) if character.isalnum()]
    assert [chunk for chunk in chunks if cutting.cut_chunk(chunk) != _cut_the_long_way(chunk)] == []


def test_every_space_of_unicode_divides_and_nothing_is_taken_for_one_that_is_none():
    spaces = re.compile(f"[{cutting._SPACES}]")
    assert [code for code in range(sys.maxunicode + 1) if (spaces.match(chr(code)) is not None) is not chr(code).isspace()] == []


@given(st.text(alphabet="aé1,.+ \u00a0-'’²;"))
def test_a_text_without_a_plus_is_cut_in_the_quick_way_as_it_is_in_the_long_way(text):
    assert cutting.cut_text(text) == cutting._CHUNK.split(text)


@pytest.fixture
def hurried_threads():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurried_threads")
def test_threads_that_fill_one_small_memory_get_right_answers_and_it_stays_small():
    threads, most = 3, 64
    remembered, start = Remembered(str, most), Barrier(threads)

    def ask(stride):
        start.wait(10)
        return [(key, remembered[key], len(remembered)) for key in (number * stride % 4999 for number in range(5000))]

    with ThreadPoolExecutor(threads) as pool:
        asked = [one for answers in pool.map(ask, (1, 2, 3)) for one in answers]
    assert [(key, answer) for key, answer, _ in asked if answer != str(key)] == []
    assert max(size for _, _, size in asked) < most + threads  # each may have seen room for one before the others took it


@pytest.mark.usefixtures("hurried_threads")
def test_threads_that_analyse_at_once_get_the_words_that_one_alone_gets(monkeypatch):
    monkeypatch.setattr("news.text.analysis._remembered_chunks._most", 64)
    texts = [" ".join(f"l’été{number * stride % 499} d'OTAN" for number in range(500)) for stride in (1, 2, 3)]
    alone = [analyse(text) for text in texts]
    start = Barrier(len(texts))

    def analyse_at_once(text):
        start.wait(10)
        return analyse(text)

    with ThreadPoolExecutor(len(texts)) as pool:
        together = list(pool.map(analyse_at_once, texts))
    assert [(words.tokens, words.stems, words.places()) for words in together] == [
        (words.tokens, words.stems, words.places()) for words in alone
    ]


def test_what_is_remembered_is_made_once_while_there_is_room_and_only_if_it_is_worth_it():
    made = []
    remembered = Remembered(lambda key: made.append(key) or -key, 2, lambda key, value: key != 3)
    assert [remembered[key] for key in (1, 2, 1, 2, 3, 3, 1)] == [-1, -2, -1, -2, -3, -3, -1]
    assert made == [1, 2, 3, 3]
    assert (remembered[4], remembered[4], dict(remembered)) == (-4, -4, {4: -4})
