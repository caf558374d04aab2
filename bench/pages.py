"""Invented article pages and feeds, in size and build like those of real news sites.

Measured on 29 real French article pages: median 100 kB, 870 elements, 11 kB of inline scripts and styles, 15,000 characters of visible
text of which 5,000 are the article. These have a menu, cards of other articles, a cookie dialog, share buttons and a footer around it.
"""

from __future__ import annotations

import random
from email.utils import formatdate
from html import escape

from bench.french import make_paragraphs, make_title, make_words

_FIRST_MOMENT = 1_767_225_600
"""2026-01-01 in UTC."""
_MENU_LINKS, _CARDS, _FOOTER_LINKS = 130, 34, 90


def make_page(number: int, url: str, characters: int = 4_000) -> bytes:
    """The page of article `number`, 60 to 120 kB, with about so many characters of article."""
    chance = random.Random(number)
    title = _title(number)
    parts = [_head(chance, title, url), "<body class='single post'>", _dialog(chance), _menu(chance), "<main id='content'>"]
    parts += [_article(chance, title, _summary(number), characters), "</main>", _cards(chance), _footer(chance), "</body></html>"]
    return "\n".join(parts).encode()


def make_feed(title: str, base: str, numbers: list[int]) -> bytes:
    """An RSS 2.0 feed with a summary (not the text) of each of these articles, at `base`/article/NUMBER."""
    items = "".join(_item(number, f"{base}/article/{number}") for number in numbers)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>{escape(title)}</title><link>{base}/</link><language>fr-FR</language>{items}</channel></rss>""".encode()


def _item(number: int, link: str) -> str:
    return f"""<item><title>{escape(_title(number))}</title><link>{link}</link><guid isPermaLink="true">{link}</guid>
<pubDate>{formatdate(_FIRST_MOMENT + 60 * number)}</pubDate><description>{escape(_summary(number))}</description></item>"""


def _title(number: int) -> str:
    return make_title(random.Random(f"title {number}"))


def _summary(number: int) -> str:
    """What the feed says, and the article begins with. A page that speaks of nothing that the feed says would be taken for another."""
    return make_paragraphs(random.Random(f"item {number}"), 250)[0]


def _head(chance: random.Random, title: str, url: str) -> str:
    metas = "\n".join(f'<meta name="x-{word}" content="{" ".join(make_words(chance, 6))}">' for word in make_words(chance, 25))
    links = "\n".join(
        f'<link rel="preload" href="/static/{chance.getrandbits(64):x}/{word}.css" as="style">' for word in make_words(chance, 24)
    )
    return f"""<!DOCTYPE html><html lang="fr-FR"><head><meta charset="utf-8"><title>{escape(title)} – Journal</title>
<meta property="og:title" content="{escape(title)}"><meta property="og:type" content="article"><meta property="og:url" content="{url}">
<meta property="article:published_time" content="2026-03-04T10:15:02+01:00"><meta name="author" content="Camille Martin">
<link rel="canonical" href="{url}">{metas}{links}
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{escape(title)}",
"datePublished":"2026-03-04T10:15:02+01:00","author":{{"@type":"Person","name":"Camille Martin"}}}}</script>
{_scripts(chance, 5)}<style>{_code(chance, 2_500)}</style></head>"""


def _code(chance: random.Random, characters: int) -> str:
    piece = "function {0}(e){{return e.dataset['{0}']&&document.querySelector('.{0}-{1:x}').classList.toggle('on')}}\n"
    return "".join(piece.format(word, chance.getrandbits(32)) for word in make_words(chance, characters // 100))


def _scripts(chance: random.Random, count: int) -> str:
    return "".join(
        f"<script>{_code(chance, 1_200)}</script><script async src='/js/{chance.getrandbits(64):x}.js'></script>" for _ in range(count)
    )


def _link(chance: random.Random, words: int) -> str:
    text = " ".join(make_words(chance, words))
    return f'<a class="link link--{chance.randint(1, 9)}" href="/rubrique/{chance.getrandbits(40):x}" data-track="menu|{words}">{text}</a>'


def _menu(chance: random.Random) -> str:
    entries = "\n".join(f'<li class="menu__item level-2">{_link(chance, chance.randint(1, 3))}</li>' for _ in range(_MENU_LINKS))
    return f'<div class="site-top" id="top"><div class="rubrics"><ul class="list">{entries}</ul></div></div>'


def _dialog(chance: random.Random) -> str:
    text = " ".join(make_words(chance, 60))
    rows = "".join(
        f"<label class='row'><input type='checkbox' name='c{number}'><span>{_words(chance, 4)}</span></label>" for number in range(12)
    )
    return f"<div class='cookie-consent' role='dialog'><p>{text}</p>{rows}<button>Accepter</button><button>Refuser</button></div>"


def _words(chance: random.Random, count: int) -> str:
    return " ".join(make_words(chance, count))


def _article(chance: random.Random, title: str, summary: str, characters: int) -> str:
    paragraphs = [summary, *make_paragraphs(chance, characters - len(summary))]
    body = "\n".join(_paragraph(chance, paragraph, index) for index, paragraph in enumerate(paragraphs))
    shares = "".join(
        f"<li><a class='share' href='https://share.example/{n}'><svg viewBox='0 0 9 9'><path d='M12 2a{n} 10 0 0 0-3.2 9z'/></svg></a></li>"
        for n in range(6)
    )
    return f"""<div class="zone zone--article"><div class="zone__inner"><div class="heading"><h1>{escape(title)}</h1>
<p class="byline">Par <a rel="author" href="/a/cm">Camille Martin</a>
<time datetime="2026-03-04T10:15:02+01:00">4 mars 2026</time></p><ul class="social-share">{shares}</ul></div>{_picture(chance)}
<div class="prose">{body}</div><ul class="tags">{"".join(f"<li>{_link(chance, 1)}</li>" for _ in range(6))}</ul></div></div>"""


def _paragraph(chance: random.Random, text: str, index: int) -> str:
    words = escape(text, quote=False).split(" ")
    if len(words) > 12:
        place = chance.randrange(2, len(words) - 6)
        words[place] = f'<a href="/article/{chance.getrandbits(30)}">{words[place]}'
        words[place + 2] += "</a>"
        words[place + 4] = f"<strong>{words[place + 4]}</strong>"
    heading = f"<h2>{_words(chance, 6)}</h2>" if index % 5 == 4 else ""
    advert = f"<div class='ad-slot' id='ad-{index}'><script>{_code(chance, 200)}</script></div>" if index % 6 == 5 else ""
    return f"{heading}<p>{' '.join(words)}</p>{advert}"


def _picture(chance: random.Random) -> str:
    base = f"https://img.example/{chance.getrandbits(64):x}"
    sources = "".join(f'<source srcset="{base}-{w}.webp {w}w, {base}-{w * 2}.webp 2x" media="(min-width: {w}px)">' for w in (320, 640, 960))
    return f'<figure><picture>{sources}<img src="{base}.jpg" alt="{_words(chance, 5)}" loading="lazy"></picture></figure>'


def _cards(chance: random.Random) -> str:
    cards = "\n".join(
        f"""<div class="card card--small"><a class="card__image" href="/article/{chance.getrandbits(30)}">{_picture(chance)}</a>
<div class="card__body"><span class="card__kicker">{_words(chance, 1)}</span><h3 class="card__title">{_link(chance, 9)}</h3>
<p class="card__text">{_words(chance, 18)}</p><time datetime="2026-03-03T08:00:00Z">3 mars</time></div></div>"""
        for _ in range(_CARDS)
    )
    return f'<div class="zone zone--more"><h2>À lire aussi</h2><div class="grid">{cards}</div></div>'


def _footer(chance: random.Random) -> str:
    entries = "\n".join(f"<li>{_link(chance, chance.randint(1, 4))}</li>" for _ in range(_FOOTER_LINKS))
    return f"<div class='site-end'><ul>{entries}</ul><p>{_words(chance, 40)}</p></div>{_scripts(chance, 4)}"
