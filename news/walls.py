"""Telling an article's text from what a site shows in its place: consent walls, pay walls, error and maintenance pages.

The cost of the two mistakes differs. A wall taken for an article hides the facts its feed gave; an article taken for a wall is
matched and kept with the feed's text and the reason is shown. Still, only short texts that speak like a wall are taken for one,
or texts that stand under several unrelated titles.
"""

from __future__ import annotations

import re

from news.fingerprints import normalise_text

LONGEST_WALL = 2_500
"""Characters. A longer text is an article, whatever it says about cookies."""

LEAST_MARKERS = 2
"""Different phrases of a wall that make a short text one."""

TITLES_THAT_UNMASK = 3
"""A text seen under this many different titles is no identity, and a wall where those titles do not speak of it."""

# Normalised (no case, accents or punctuation). Two of them in a short text make a wall.
_MARKERS = re.compile(
    r"\b(?:"
    r"accepter (?:et continuer|tout|les cookies|et fermer)|continuer sans accepter|tout accepter|tout refuser|refuser tout"
    r"|(?:utilis\w+|deposer|depot) (?:des|de|les) cookies|cookies et (?:autres )?traceurs|cookies ou (?:autres )?traceurs"
    r"|nous et nos \w+ ?partenaires|nos \d+ partenaires|avec nos partenaires|votre consentement"
    r"|parametrer (?:mes|vos|les) (?:choix|cookies)|gerer mes (?:choix|cookies|preferences)"
    r"|respectons votre vie privee|donnees personnelles|politique de confidentialite"
    r"|personnaliser (?:mes choix|la publicite)|publicites? personnalisees?|retirer votre consentement|finalites suivantes"
    r"|accept all|reject all|we value your privacy|manage (?:your )?preferences|we use cookies"
    r"|deja abonne|se connecter|connectez vous|reserve aux abonnes|abonnez vous|s abonner|pour lire la suite|il vous reste \d+"
    r"|cet article est reserve|subscribe to continue|already a subscriber"
    r"|erreur (?:404|403|410|500|502|503)|error (?:404|403|410|500|502|503)|page (?:introuvable|non trouvee|not found)"
    r"|page que vous (?:cherchez|recherchez|demandez)|n existe (?:pas|plus)|a ete (?:deplacee|supprimee)|retour a l accueil"
    r"|service (?:momentanement |temporairement )?(?:indisponible|interrompu)|temporarily unavailable|en maintenance|maintenance en cours"
    r"|acces (?:refuse|interdit)|access denied|forbidden|verif\w+ que vous etes (?:un )?humain|are you (?:a )?(?:human|robot)|captcha"
    r"|une erreur (?:inattendue |technique |interne )?(?:est survenue|s est produite)|(?:veuillez|merci de|priere de) reessayer"
    r"|reessaye[rz] (?:plus tard|ulterieurement|dans quelques)|something went wrong|try again later"
    r"|activer javascript|enable javascript|just a moment|checking your browser|too many requests|trop de requetes"
    r")\b"
)
LEAST_TELLING_LETTERS = 4
"""Shorter words stand in any text."""

_LONG_WORD = re.compile(rf"\w{{{LEAST_TELLING_LETTERS},}}")


def looks_like_wall(text: str, title: str = "") -> str | None:
    """Why a page's `text` seems to be a wall or an error page and no article; None if it doesn't.

    A short article about cookies or an outage uses the same phrases, but speaks of its title: it must use twice as many of them.
    """
    if len(text) > LONGEST_WALL:
        return None
    markers = {match.group() for match in _MARKERS.finditer(normalise_text(text))}
    if len(markers) < (2 * LEAST_MARKERS if title and speaks_of(text, title) else LEAST_MARKERS):
        return None
    return "the page shows a consent, subscription or error notice instead of the article (" + ", ".join(sorted(markers)[:3]) + ")"


def speaks_of(text: str, title: str) -> bool:
    """Whether at least half of the title's longer words stand in the text, as they do in an article and not in a wall."""
    words = set(_LONG_WORD.findall(normalise_text(title)))
    if not words:
        return True
    present = words & set(_LONG_WORD.findall(normalise_text(text)))
    return 2 * len(present) >= len(words)
