"""Which page's text takes the place of the feed's words, and which is a notice or another page."""

from __future__ import annotations

import pytest

from news.earning import Unearned, earns_by_itself, earns_its_place

TITLE = "Verdier cède ses scieries du Morvan à un fonds suédois"
SUMMARY = "Trois cents bûcherons attendent de connaître leur employeur."

NOTICES = {
    "consent": "Nous et nos 842 partenaires utilisons des cookies. Continuer sans accepter. Tout accepter.",
    "consent in German": "Wir und unsere Partner verarbeiten Daten. Alle akzeptieren\nMit Werbung weiterlesen oder Pur-Abo abschließen",
    "consent in Spanish": "Nosotros y nuestros socios almacenamos información en su dispositivo.\nAceptar y continuar",
    "consent in Italian": "Noi e terze parti selezionate utilizziamo tecnologie simili.\nAccetta\nRifiuta e abbonati",
    "robot check in Dutch": "Controleren of uw verbinding veilig is. Een ogenblik geduld.",
    "subscription": "Il vous reste 83 % de cet article à découvrir.\nLa suite est à celles et ceux qui nous soutiennent, dès 4,99 €.",
    "quota": "Vous avez consommé vos trois articles offerts du mois.\nCréez un compte pour poursuivre.",
    "robot check": "Checking if the site connection is secure\nRay ID: 7d3f0c2a",
    "refused": "You do not have permission to view this directory.\nReference #18.9c64",
    "maintenance": "On refait la plomberie. De retour dans une heure !",
    "loading": "Chargement en cours…",
    "script only": "You need to enable JavaScript to run this app.",
    "stub": "Opening https://gazette.example/2026/11/verdier",
    "error with a path": "Not found: /2026/11/verdier-cede-ses-scieries-du-morvan-a-un-fonds-suedois.html is not on this server.",
    "error with a query": "Aucun résultat pour ?p=verdier-cede-ses-scieries-du-morvan.",
    "soft 404": "Oups, rien par ici.\nCette adresse ne mène plus nulle part.",
}


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
@pytest.mark.parametrize("page_title", ["La Gazette", TITLE, f"{TITLE} - La Gazette", None])
@pytest.mark.parametrize("summary", [SUMMARY, None])
def test_a_notice_is_none_in_any_language_and_under_any_heading(notice: str, page_title: str | None, summary: str | None) -> None:
    assert earns_its_place(notice, page_title, TITLE, summary).unearned is Unearned.WALL


@pytest.mark.parametrize(
    "echo",
    [
        TITLE,
        TITLE.upper(),
        f"{TITLE} | La Gazette",
        f"Pour lire « {TITLE} », prenez une offre.",
        f"You tried to open “{TITLE}”. Sign in first.",
    ],
)
def test_a_notice_that_repeats_the_title_does_not_speak_of_it(echo: str) -> None:
    assert earns_its_place(f"{echo}\n{NOTICES['quota']}", TITLE, TITLE, SUMMARY).unearned is Unearned.WALL


TRUE_AND_SHORT = {
    "cookies": (
        "Cookies : la CNIL condamne Lumero à huit millions d’euros",
        "La CNIL reproche à Lumero d’avoir déposé des cookies sans consentement. « Tout accepter » prenait un clic, « tout refuser » cinq.",
    ),
    "outage": (
        "La messagerie de Lumero en panne",
        "« Service temporairement indisponible, veuillez réessayer » : la messagerie restait muette. Lumero parle d’une panne.",
    ),
    "subscription": (
        "Le Courrier relève le prix de son abonnement",
        "Le Courrier passera de 9 à 11 € par mois pour ses abonnés. Déjà abonné, on garde l’ancien tarif un an.",
    ),
    "robot check": (
        "Captcha : un élève déjoue le test des feux rouges",
        "Un élève de Dole a montré qu’un programme coche « je ne suis pas un robot » et reconnaît les feux.",
    ),
    "not found": (
        "Pourquoi « 404 » ? L’histoire d’un code d’erreur",
        "« Page introuvable » : ce code vient d’un bureau de Genève, raconte un historien. L’erreur avait son étage.",
    ),
    "English": (
        "Lumero fined for its cookie banner",
        "A regulator fined Lumero on Monday. “Accept all” took one click, “reject all” five; the banner has changed since.",
    ),
    "inflected": ("Le ministère publie les décrets attendus", "Deux décrets publiés mardi étaient attendus par les ministères concernés."),
    "kin": ("Dole inaugure sa passerelle", "L’inauguration a réuni deux mille personnes, dimanche."),
}


@pytest.mark.parametrize(("title", "text"), TRUE_AND_SHORT.values(), ids=TRUE_AND_SHORT)
def test_a_true_short_article_earns_its_place_whatever_it_is_about(title: str, text: str) -> None:
    assert earns_its_place(text, title, title, None).unearned is None
    assert earns_its_place(text, f"{title} - La Gazette", title, "Une brève.").unearned is None


@pytest.mark.parametrize("kind", ["cookies", "outage", "robot check", "English", "inflected"])
def test_a_short_article_earns_it_under_a_foreign_heading_too_if_it_has_two_words_of_its_title(kind: str) -> None:
    title, text = TRUE_AND_SHORT[kind]
    assert earns_its_place(text, "La Gazette", title, None).unearned is None


def test_a_text_whose_title_was_edited_shares_words_with_the_summary() -> None:
    text = "Les bûcherons du massif attendent. Trois cents d’entre eux ignorent qui sera l’employeur."
    assert earns_its_place(text, "Dans la forêt, l’attente", TITLE, SUMMARY).unearned is None


def test_one_word_of_the_title_is_enough_under_the_title_itself_and_too_little_elsewhere() -> None:
    text = "Verdier l’a confirmé hier soir. Les salariés l’ont appris par la radio."
    assert earns_its_place(text, TITLE, TITLE, None).unearned is None
    assert earns_its_place(text, "La Gazette", TITLE, None).unearned is Unearned.WALL


OTHER_NEWS = [
    ("Le tramway de Dole roulera la nuit", "Les élus ont voté hier soir l’ouverture de la ligne jusqu’à deux heures du matin."),
    ("Un fonds de pension vise les vignobles", "Après la Bourgogne, des parcelles du Jura intéressent un investisseur canadien."),
    ("Le musée de la Scierie rouvre", "Fermé depuis deux ans, le bâtiment de Champagnole a été refait du sol au toit."),
    ("Handball : Besançon gagne en Suède", "Les joueuses ont dominé le champion en titre, 31 à 24, dans un match engagé."),
    ("La neige tient au-dessus de mille mètres", "Le Morvan attend ses premiers skieurs samedi, si le froid se maintient."),
    ("Un nouveau préfet pour la Nièvre", "Nommé mercredi, il prendra ses fonctions au début du mois de janvier."),
]


def page_of(*stories: tuple[str, str], joined: str = "\n") -> str:
    return "\n".join(f"{title}{joined}{teaser}" for title, teaser in stories)


@pytest.mark.parametrize("joined", ["\n", " "], ids=["teasers below", "teasers beside"])
@pytest.mark.parametrize("place", [None, 0, 3], ids=["absent", "first", "amidst"])
@pytest.mark.parametrize("times", [1, 5], ids=["short", "long"])
def test_a_home_or_section_page_never_earns_it_even_where_the_entry_is_one_of_its_headlines(
    joined: str, place: int | None, times: int
) -> None:
    stories = OTHER_NEWS * times
    if place is not None:
        stories = [*stories[:place], (TITLE, SUMMARY), *stories[place:]]
    verdict = earns_its_place(page_of(*stories, joined=joined), "Morvan – La Gazette", TITLE, SUMMARY)
    assert verdict.unearned is not None
    if joined == "\n":
        assert verdict.unearned is Unearned.OTHER_PAGE


def test_a_long_page_of_other_news_is_another_page() -> None:
    text = "\n".join(f"{teaser} {teaser}" for _, teaser in OTHER_NEWS * 4)
    assert earns_its_place(text, "Contenu retiré", TITLE, SUMMARY).unearned is Unearned.OTHER_PAGE


def test_an_article_with_headings_and_lists_under_another_title_speaks_of_its_subjects_in_one_paragraph() -> None:
    lines = ["Qui achète", "Verdier vend ses scieries du Morvan à un fonds suédois coté à Malmö.", "Ce que l’on sait", *["Un détail"] * 6]
    assert earns_its_place("\n".join(lines), "Au cœur de la forêt", TITLE, None).unearned is None


@pytest.mark.parametrize("kind", ["live", "interview", "video"])
def test_lives_interviews_and_videos_earn_it(kind: str) -> None:
    texts = {
        "live": "\n".join(f"{hour}:00\nDirect\nLes scieries Verdier, {hour} heures de débat." for hour in range(8, 20)),
        "interview": "Pourquoi vendre maintenant ?\nParce que les scieries perdent de l’argent.\nEt le fonds ?\nIl est patient.",
        "video": "Durée : 2 min\nLes scieries du Morvan filmées par nos équipes.",
    }
    assert earns_its_place(texts[kind], TITLE, TITLE, None).unearned is None


def test_short_names_count_as_words() -> None:
    assert earns_its_place("L’IA arrive au Sénat.", "IA", "IA", None).unearned is None
    assert earns_its_place("Prenez une offre.", "IA", "IA", None).unearned is Unearned.WALL


def test_a_long_text_under_a_title_of_two_words_and_no_summary_is_believed() -> None:
    text = "Les dockers ont voté la reprise, à main levée et dans le calme.\n" * 60
    assert earns_its_place(text, "Rideau !", "Rideau", None).unearned is None
    assert earns_its_place(text, "Gazette", "Rideau", None).unearned is Unearned.OTHER_PAGE
    assert earns_its_place(text, "Rideau !", "Rideau", "Les mineurs de Decazeville restent en grève.").unearned is Unearned.OTHER_PAGE


def test_without_a_word_to_go_by_nothing_is_said_against_a_text() -> None:
    assert earns_its_place("Tout va bien.", None, None, None).unearned is None
    assert earns_its_place("Tout va bien.", "Un", "Un", None).unearned is None


def test_an_entry_without_title_is_held_against_the_pages_own() -> None:
    text = "Verdier vend ses scieries du Morvan."
    assert earns_its_place(text, TITLE, None, None).unearned is None
    assert earns_its_place(text + "\nUn paragraphe de plus." * 9, TITLE, None, "Une brève.").unearned is None
    assert earns_its_place(NOTICES["quota"], TITLE, None, None).unearned is Unearned.WALL


def test_every_verdict_says_why() -> None:
    assert earns_its_place(NOTICES["quota"], None, TITLE, None).because == "speaks neither of the title nor of what the feed says"
    assert earns_its_place("Verdier a signé.", TITLE, TITLE, None).because == "has words of the title, which is the page's own"
    listed = earns_its_place(page_of(*OTHER_NEWS), None, TITLE, None)
    assert listed.because == "is a list of headlines, as on a home page or in a section"


NAMED = "https://www.lagazette.example/2026/11/verdier-cede-ses-scieries-du-morvan-4417.html"
NUMBERED = "https://www.lagazette.example/spip.php?article4417"
OWN_NAMES_OF_WALLS = [
    "Vérification en cours", "Just a moment...", "Attention Required! | Cloudflare", "Abonnez-vous à la Gazette", "La Gazette",
    "Page introuvable", "Votre vie privée", "Chargement en cours…", None,
]  # fmt: skip
WALLS_THAT_NAME_THEMSELVES = [
    "Vérification de votre navigateur en cours. Cela prend quelques secondes.",
    "La Gazette et ses partenaires déposent des traceurs. Abonnez-vous à la Gazette pour refuser.",
    "Please enable cookies.\nSorry, you have been blocked\nPerformance & security by Cloudflare",
    "Page introuvable. La page que vous cherchez n’existe plus.",
]


@pytest.mark.parametrize("link", [NAMED, NUMBERED])
@pytest.mark.parametrize("page_title", OWN_NAMES_OF_WALLS)
@pytest.mark.parametrize("notice", [*NOTICES.values(), *WALLS_THAT_NAME_THEMSELVES])
def test_no_notice_comes_in_where_the_feed_says_nothing(notice: str, page_title: str | None, link: str) -> None:
    assert earns_by_itself(notice, page_title, link).unearned is Unearned.WALL


@pytest.mark.parametrize("link", [NAMED, NUMBERED])
def test_nor_does_a_home_page(link: str) -> None:
    assert earns_by_itself(page_of(*OTHER_NEWS), "La Gazette - toute l’actualité du Morvan", link).unearned is Unearned.OTHER_PAGE


@pytest.mark.parametrize(
    ("link", "page_title", "text"),
    [
        (NAMED, TITLE, "Le groupe Verdier se retire. Un fonds suédois reprend tout."),
        (NAMED, "Adieu, les sapins", "Le groupe Verdier se retire du Morvan."),
        (NAMED, None, "Verdier quitte ses scieries."),
        (NUMBERED, TITLE, "Verdier vend ses scieries du Morvan."),
        (NUMBERED, "Verdier se retire", "Le groupe Verdier se retire."),
        (NUMBERED, "Verdier", "Le groupe Verdier se retire. " * 20),
        (NUMBERED, "À lire", "Les bûcherons attendent dans la forêt, et le maire aussi. " * 10),
        (NUMBERED, TITLE, "Les bûcherons attendent.\n" * 150 + "Verdier a vendu au fonds suédois ses scieries du Morvan."),
    ],
)
def test_where_the_feed_says_nothing_address_and_title_of_the_page_tell_what_it_must_speak_of(
    link: str, page_title: str | None, text: str
) -> None:
    assert earns_by_itself(text, page_title, link).unearned is None
