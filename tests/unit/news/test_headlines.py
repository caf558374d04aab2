"""What kind of text a headline announces."""

from __future__ import annotations

import time

import pytest

from news.headlines import HeadlineKind, kinds_of_headline


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Pourquoi le sommet est reporté", HeadlineKind.EXPLANATION),
        ("Sommet de Vilnius : cinq choses à savoir", HeadlineKind.EXPLANATION),
        ("Le sommet peut-il encore avoir lieu ?", HeadlineKind.EXPLANATION),
        ("What to know about the summit", HeadlineKind.EXPLANATION),
        ("L’opposition dénonce le report du sommet", HeadlineKind.REACTION),
        ("Le patronat appelle à la prudence", HeadlineKind.REACTION),
        ("Rivals slam the new chip rules", HeadlineKind.REACTION),
        ("Le sommet se prépare à Vilnius", HeadlineKind.PREVIEW),
        ("Le président participera au sommet", HeadlineKind.PREVIEW),
        ("The launch is expected on Monday", HeadlineKind.PREVIEW),
        ("Sommet : « Nous n’irons pas plus loin »", HeadlineKind.QUOTE),
        ("L’origine des mèmes (2/5)", HeadlineKind.SERIES),
        ("Guerre en Ukraine", HeadlineKind.PAGE),
        ("Vladimir Poutine", HeadlineKind.PAGE),
        ("Israël et Gaza", HeadlineKind.PAGE),
        ("Enquête : dans les coulisses du sommet", HeadlineKind.EXPLANATION),
        ("REPORTAGE. À Vilnius, la ville se vide", HeadlineKind.EXPLANATION),
        ("Le maire critique le report du sommet", HeadlineKind.REACTION),
        ("Le sommet n’aura finalement pas lieu", HeadlineKind.DENIAL),
        ("Incendie de Rungis : plus aucun blessé grave", HeadlineKind.DENIAL),
        ("The summit is not off", HeadlineKind.DENIAL),
        ("OpenAI signe un contrat avec la marine", None),
        ("Vilnius : une enquête ouverte après l’incendie", None),
        ("Le ministre en tribune à Vilnius", None),
        ("Le sommet dans une situation critique", None),
        ("La juge du procès entre en scène", None),
        ("Gojira joue à Vilnius", None),
        ("Plus de trente blessés à Vilnius", None),
        ("Le maire dit le sommet « jamais attendu »", HeadlineKind.QUOTE),
        ("Sommet : ce que l’on sait de l’incendie", None),
    ],
)
def test_a_headline_announces_what_it_is_worded_as(title: str, kind: HeadlineKind | None) -> None:
    assert kinds_of_headline(title) == (frozenset() if kind is None else {kind})


def test_a_headline_may_be_worded_in_several_ways_or_be_empty() -> None:
    assert kinds_of_headline("Pourquoi l’Élysée « ne veut pas du sommet » dénonce Paul") == {
        HeadlineKind.EXPLANATION,
        HeadlineKind.QUOTE,
        HeadlineKind.REACTION,
    }
    assert kinds_of_headline("") == frozenset()


WORDINGS = {
    HeadlineKind.EXPLANATION: (
        "pourquoi|comment|quelle est|quels étaient|ce qu’il faut|choses à|qui est|qu’est-ce|où en|à quelle heure|sur quelle chaîne"
        "|les raisons|tout savoir|tout comprendre|pour comprendre|les clés|les enjeux|règles à|faut-il|peut-on|dort-t-elle|a-t-il"
        "|petite histoire|why|how|what is|what to know|things to know|explained|explainer|hands-on"
    ),
    HeadlineKind.REACTION: (
        "réagissent|réaction|réactions|dénonce|saluent|critique la marée|estime|déplorent|appellent au|regrette|s’inquiète|mécontents"
        "|rassurés|réclame|demandent|conteste|rejette|jugent|se désolidarise|fustige|s'indigne|confie|témoignent|reacts|reaction|slam"
        "|welcomes|criticised|criticizes|condemn|urges|calls on|calls for|demands|denies"
    ),
    HeadlineKind.PREVIEW: (
        "se préparent|prépare|attendues|prévu|à la veille|avant les|va|vont|bientôt|will|upcoming|expected|ahead of|preview"
        "|what to expect|gagnera|finira|gagneront|finiront"
    ),
    HeadlineKind.DENIAL: (
        "ne dort pas|n’a plus|n'y a là jamais|ne vaut guère|aucun|aucune|pas de|pas d’or|non|not|no|never|nobody|don’t|isn't"
    ),
    HeadlineKind.SERIES: "(2/5)|#12|épisode 3|episode 14",
}
ONE_WORDING = [(kind, wording) for kind, wordings in WORDINGS.items() for wording in wordings.split("|")]


@pytest.mark.parametrize(("kind", "wording"), ONE_WORDING)
def test_each_wording_tells_by_itself_wherever_it_stands(kind: HeadlineKind, wording: str) -> None:
    assert kinds_of_headline(f"Le phare {wording} d’Ormeval") == {kind}
    assert kinds_of_headline(f"Le phare d’Ormeval, {wording}") == {kind}
    assert kind in kinds_of_headline(wording)
    assert kinds_of_headline(f"{wording} : le phare") == {kind}


@pytest.mark.parametrize("wording", [wording for _, wording in ONE_WORDING if wording.isalpha()])
def test_the_end_of_a_word_is_no_wording(wording: str) -> None:
    assert kinds_of_headline(f"Le phare é_{wording.upper()} d’Ormeval") == frozenset(), "in capitals it has no future"


@pytest.mark.parametrize("second", [(HeadlineKind.SERIES, "(2/5)"), (HeadlineKind.DENIAL, "aucun"), (HeadlineKind.PREVIEW, "bientôt")])
@pytest.mark.parametrize(
    "first", [(HeadlineKind.EXPLANATION, "pourquoi"), (HeadlineKind.REACTION, "déplore"), (HeadlineKind.DENIAL, "non")]
)
def test_one_wording_hides_no_other(first: tuple[HeadlineKind, str], second: tuple[HeadlineKind, str]) -> None:
    assert kinds_of_headline(f"Phare : {first[1]} {second[1]} phare") == {first[0], second[0]}
    assert kinds_of_headline(f"Phare : {second[1]} {first[1]} phare") == {first[0], second[0]}


@pytest.mark.parametrize("article", ["la", "le", "les", "un", "une", "ancien"])
def test_behind_an_article_a_verb_of_reaction_is_a_noun(article: str) -> None:
    assert kinds_of_headline(f"Phare d’Ormeval : {article} juge dort") == frozenset()
    assert kinds_of_headline(f"{article} juge dort") == frozenset()
    assert kinds_of_headline(f"Phare d’Ormeval : voi{article} juge dort") == {HeadlineKind.REACTION}


@pytest.mark.parametrize("title", ["Le phare dort ?", "Le phare dort ? ", "Le phare dort ?\n", "?", "« Le récit du phare"])
def test_a_question_mark_ends_an_explanation_and_its_name_begins_it(title: str) -> None:
    assert (HeadlineKind.EXPLANATION in kinds_of_headline(title)) == title.endswith(("?", "? ", "?\n"))
    assert kinds_of_headline("Le phare ? Il dort") == frozenset()
    assert kinds_of_headline("« L’analyse du phare – il dort") == {HeadlineKind.EXPLANATION}
    assert kinds_of_headline("Phare : analyse : il dort") == frozenset()


@pytest.mark.parametrize(
    ("title", "is_page"),
    [
        ("Ormeval", True),
        ("ormeval", False),
        ("Ormeval dort", False),
        ("Le Phare de la Baie", True),
        ("Le Phare de la Baie Ormeval", False),
        ("Un Deux Trois Quatre cinq", False),
        ("…", False),
    ],
)
def test_a_page_is_headed_by_a_name_of_up_to_five_words(title: str, is_page: bool) -> None:
    assert (HeadlineKind.PAGE in kinds_of_headline(title)) is is_page


@pytest.mark.parametrize(
    "title", ["Le phare -t-il d’Ormeval", "Le phare -t d’Ormeval", "Le phare 2/5) d’Ormeval", "Le phare (2/5 d’Ormeval"]
)
def test_half_a_wording_is_none(title: str) -> None:
    assert kinds_of_headline(title) == frozenset()


@pytest.mark.parametrize("sign", ["«", "“x", "n'"])
def test_what_goes_on_for_pages_takes_no_longer(sign: str) -> None:
    """As of quotation marks that are never closed."""
    started = time.process_time()
    kinds_of_headline(f"Pourquoi {sign * 20_000}")
    assert time.process_time() - started < 0.5


def test_what_goes_on_for_pages_is_read_at_its_beginning() -> None:
    assert kinds_of_headline(f"Pourquoi le sommet est reporté {'« ' * 20_000}") == {HeadlineKind.EXPLANATION}
