"""Sources are found, tried, added, taken from and given to other readers, from the command line, against a site on this machine."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.news_site import NewsSite, article, item, rss
from tests.processes import Home, story

CONFIG = """# My sources
[crawler]
allow_addresses = ["127.0.0.0/8"]
delay_per_host = "0s"

# The first.
[[sources]]
url = "https://known.example/feed"   # known
name = "Known"

# Topics
[[topics]]
name = "OpenAI–OTAN"
query = "openai AND otan"
"""


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.write_config(CONFIG)
    return home


def added(home: Home) -> str:
    """What was put into the configuration; all else must be as it was."""
    text = home.config.read_text(encoding="utf-8")
    before, after = CONFIG.split('name = "Known"\n')
    assert text.startswith(before)
    assert text.endswith(after)
    return text.removeprefix(before + 'name = "Known"\n').removesuffix(after)


def publish(site: NewsSite, path: str, title: str) -> str:
    entry = item("L’OTAN et OpenAI", site.page("/a", article("L’OTAN et OpenAI", story("L’OTAN et OpenAI"))), "g1")
    return site.publish_feed(path, rss(entry, title=title))


def declare(site: NewsSite, *links: str, path: str = "/") -> str:
    heads = "".join(f'<link rel="alternate" type="application/rss+xml" title="{link}" href="{link}">' for link in links)
    return site.page(path, f"<html><head><title>Le Journal</title>{heads}</head><body><p>Bonjour.</p></body></html>")


def test_the_feed_that_a_site_declares_is_added_and_nothing_else_in_the_file_changes(home: Home, site: NewsSite) -> None:
    feed = publish(site, "/feed/", "Le Journal")
    publish(site, "/comments/feed/", "Commentaires")
    done = home.quivive("sources", "add", declare(site, "/comments/feed/", "/feed/"), "--tag", "tech", "--interval", "10m")
    assert done.status == 0, done.err
    assert added(home) == f'\n[[sources]]\nurl = "{feed}"\nname = "Le Journal"\ninterval = "10m"\ntags = ["tech"]\n'
    assert "comments of readers" in done.out
    assert "L’OTAN et OpenAI" in done.out
    assert home.quivive("check").status == 0


def test_of_several_feeds_one_is_named_where_nobody_can_be_asked(home: Home, site: NewsSite) -> None:
    one, other = publish(site, "/une.xml", "Une"), publish(site, "/tech.xml", "Tech")
    page = declare(site, "/une.xml", "/tech.xml")
    done = home.quivive("sources", "add", page)
    assert done.status == 2
    assert one in done.err
    assert other in done.err
    assert added(home) == ""
    assert home.quivive("sources", "add", page, "--feed", "/tech.xml", "--name", "Le Journal, tech").status == 0
    assert added(home) == f'\n[[sources]]\nurl = "{other}"\nname = "Le Journal, tech"\n'


def test_on_a_terminal_one_is_asked_which_feeds_to_add_until_the_answer_is_understood(home: Home, site: NewsSite) -> None:
    one, _, three = (publish(site, f"/{name}.xml", name.title()) for name in ("une", "sport", "tech"))
    page = declare(site, "/une.xml", "/sport.xml", "/tech.xml")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "quivive", "sources", "add", page]
    with subprocess.Popen(command, cwd=home.folder, env=home.environ(), stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, b"4\n3, 1\n")
        shown = b""
        with suppress(OSError):  # the terminal is closed at the other end
            while chunk := os.read(ours, 65_536):
                shown += chunk
        os.close(ours)
        assert process.wait(30) == 0, shown.decode()
    assert "type numbers from 1 to 3" in shown.decode()
    assert added(home) == f'\n[[sources]]\nurl = "{three}"\nname = "Tech"\n\n[[sources]]\nurl = "{one}"\nname = "Une"\n'


def test_a_site_without_a_feed_is_told_with_what_its_declared_feeds_are(home: Home, site: NewsSite) -> None:
    done = home.quivive("sources", "add", declare(site, "/gone.xml"))
    assert done.status == 1
    assert "http_404" in done.err
    assert site.url("/gone.xml") in done.err
    assert added(home) == ""


@pytest.mark.parametrize("typed", ["https://known.example/feed", "http://KNOWN.example:443/feed", "known.example/feed"])
def test_what_is_a_source_already_is_refused_also_by_another_spelling(home: Home, typed: str) -> None:
    done = home.call("sources", "add", typed)
    assert done.status == 2
    assert "already" in done.err


def test_an_address_that_redirects_to_a_source_is_refused_too(home: Home, site: NewsSite) -> None:
    feed = publish(site, "/feed", "Le Journal")
    assert home.call("sources", "add", feed).status == 0
    written = added(home)
    done = home.call("sources", "add", site.redirect("/old", feed, 301))
    assert (done.status, feed in done.err, added(home)) == (2, True, written)


def test_a_test_shows_what_would_come_of_a_feed_and_keeps_nothing(home: Home, site: NewsSite) -> None:
    feed = publish(site, "/feed", "Le Journal")
    done = home.quivive("sources", "test", feed, "--json")
    assert done.status == 0, done.err
    told = done.json
    assert (told["format"], told["title"], told["problem"]) == ("RSS 2.0", "Le Journal", None)
    (entry,) = told["entries"]
    assert (entry["title"], entry["url"], entry["fetches_page"]) == ("L’OTAN et OpenAI", site.url("/a"), True)
    assert entry["published_at"] == "2025-02-10T09:00:00Z"
    assert [topic["topic"] for topic in entry["topics"]] == ["OpenAI–OTAN"]
    assert told["page"]["url"] == site.url("/a")
    assert len(told["page"]["text"]) > 200
    shown = home.quivive("sources", "test", feed)
    assert "RSS 2.0" in shown.out
    assert "OpenAI–OTAN" in shown.out
    assert not home.archive.exists()
    assert added(home) == ""


def test_a_test_of_what_is_no_feed_says_what_it_is_and_fails(home: Home, site: NewsSite) -> None:
    done = home.quivive("sources", "test", declare(site, "/feed"), "--json")
    assert done.status == 1
    assert done.json["problem"]["code"] == "not_a_feed"
    assert site.url("/feed") in done.json["problem"]["message"]


OPML = """<opml version="2.0"><body>
<outline text="Tech"><outline text="IA, robots">
  <outline text="Le Journal" xmlUrl="https://journal.example/feed" category="presse,/france/paris"/>
</outline></outline>
<outline text="Known" xmlUrl="http://known.example:80/feed"/>
<outline text="Known again" xmlUrl="https://JOURNAL.example/feed"/>
<outline text="No feed" xmlUrl="ftp://journal.example/"/>
</body></opml>"""
IMPORTED = """
[[sources]]
url = "https://journal.example/feed"
name = "Le Journal"
tags = ["à lire", "Tech", "IA, robots", "presse", "france", "paris"]
"""


def test_the_feeds_of_an_opml_file_are_added_with_their_folders_as_tags(home: Home) -> None:
    tried = home.quivive("sources", "import", "-", "--tag", "à lire", "--dry-run", stdin=OPML)
    assert tried.status == 1, tried.err
    assert "1 source would be added" in tried.out
    assert added(home) == ""
    (home.folder / "feeds.opml").write_text(OPML, encoding="utf-8")
    done = home.call("sources", "import", "feeds.opml", "--tag", "à lire")
    assert done.status == 1  # for the one that cannot be
    assert added(home) == IMPORTED
    assert done.out.count("a source already") == 2
    assert "ftp://journal.example/" in done.err
    again = home.call("sources", "import", "feeds.opml")
    assert "0 sources were added" in again.out
    assert added(home) == IMPORTED


def test_what_is_exported_can_be_imported_elsewhere(home: Home, tmp_path: Path) -> None:
    (home.folder / "feeds.opml").write_text(OPML, encoding="utf-8")
    home.call("sources", "import", "feeds.opml")
    done = home.call("sources", "export", "--output", "mine.opml")
    assert (done.status, done.out) == (0, "")
    other = Home(tmp_path / "other")
    other.folder.mkdir()
    other.write_config("")
    assert other.call("sources", "import", str(home.folder / "mine.opml")).status == 0
    text = other.config.read_text(encoding="utf-8")
    assert 'url = "https://known.example/feed"\nname = "Known"\n' in text
    assert 'url = "https://journal.example/feed"\nname = "Le Journal"\n' in text
    assert home.call("sources", "export").out.count("xmlUrl=") == 2


def test_what_is_no_opml_is_wrong_usage(home: Home) -> None:
    (home.folder / "feeds.opml").write_text("<html></html>", encoding="utf-8")
    done = home.call("sources", "import", "feeds.opml")
    assert done.status == 2
    assert "no OPML" in done.err


RULED = """[crawler]
allow_addresses = ["127.0.0.0/8"]
delay_per_host = "0s"
[alerts]
first_poll = "alert"
per = "article"
[log]
level = "debug"

[[sources]]
url = "{url}"
name = "Le Journal"
item = "article"
title = "h2"
date = "time"
summary = "p"
username = "rédac"
password = "${{JOURNAL}}"
cookies = {{ session = "s3ssion" }}

[[topics]]
name = "OTAN"
query = "otan"
"""


def cards(site: NewsSite, *titles: str, tag: str = "article") -> str:
    """A page that lists articles, each in an element of that name."""
    urls = [site.page(f"/{number}", article(title, story(title))) for number, title in enumerate(titles)]
    items = "".join(
        f'<{tag}><h2><a href="{url}">{title}</a></h2><time>9 février 2025</time><p>En bref.</p></{tag}>'
        for url, title in zip(urls, titles, strict=True)
    )
    return site.page("/actualites", f"<html lang='fr'><body>{items}</body></html>")


SECRET = {"JOURNAL": "w0rd"}


def require_kept(site: NewsSite, *shown: str) -> None:
    """What is secret of the source was sent with all that it was asked for, but not for robots.txt, and is in nothing that was shown."""
    assert site.count("/actualites")
    for request in site.requests:
        is_its_own = request.path != "/robots.txt"
        assert (request.headers.get("Authorization") == "Basic csOpZGFjOncwcmQ=") is is_its_own
        assert (request.headers.get("Cookie") == "session=s3ssion") is is_its_own
    for text in shown:
        assert "w0rd" not in text
        assert "s3ssion" not in text


def test_a_source_of_the_configuration_is_tried_by_its_name_as_it_would_be_polled(home: Home, site: NewsSite) -> None:
    home.write_config(RULED.format(url=cards(site, "L’OTAN écoute", "Autre chose")))
    done = home.quivive("sources", "test", "le journal", "--json", env=SECRET)
    assert [(entry["title"], entry["published_at"]) for entry in done.json["entries"]] == [
        ("L’OTAN écoute", "2025-02-09T00:00:00Z"),
        ("Autre chose", "2025-02-09T00:00:00Z"),
    ]
    require_kept(site, done.out, done.err)


def test_a_page_without_a_feed_is_followed_by_rules_until_its_template_changes(home: Home, site: NewsSite) -> None:
    home.write_config(RULED.format(url=cards(site, "L’OTAN écoute", "Autre chose")))
    first = home.quivive("poll", env=SECRET)
    assert first.status == 0, first.err
    assert [alert["article_title"] for alert in home.call("alerts", "--json").lines] == ["L’OTAN écoute"]
    assert len(home.call("search", "--json").lines) == 2
    cards(site, "L’OTAN se tait", tag="section")
    second = home.quivive("poll", env=SECRET)
    assert second.status == 1
    (health,) = home.call("sources", "--json").lines
    assert health["last_error"]["code"] == "no_items"
    require_kept(site, first.out, first.err, second.out, second.err)


def test_a_running_daemon_takes_over_what_was_added_and_asks_it_in_its_own_way(home: Home, site: NewsSite) -> None:
    publish(site, "/feed/", "Le Journal")
    declare(site, "/feed/")
    with home.start("run") as daemon:
        daemon.wait_for_log("started")
        assert home.call("sources", "add", site.url("/")).status == 0
        text = home.config.read_text(encoding="utf-8").replace('name = "Le Journal"', 'username = "a"\npassword = "b"')
        home.write_config(text)
        site.requests.clear()
        daemon.send(signal.SIGHUP)
        site.wait_for("/feed/")
        daemon.terminate()
        assert daemon.wait() == 0
    assert next(one for one in site.requests if one.path == "/feed/").headers["Authorization"] == "Basic YTpi"
