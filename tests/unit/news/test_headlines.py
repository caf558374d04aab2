"""What kind of text a headline announces."""

from __future__ import annotations

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
