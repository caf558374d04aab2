"""What a wrong configuration is answered with: every fault at once, each with its key and what to do, and never a secret."""

import os

import pytest

from monitors import KINDS
from news.errors import ConfigurationError
from quivive.config import load_config
from quivive.config.file import ConfigFile
from quivive.config.model import SECTIONS

EMAIL = """
[channels.mail]
type = "email"
smtp = "smtp://127.0.0.1:1025"
from = "quivive@example.org"
to = ["redaction@example.org"]
"""
ANY_KIND = " or ".join(map(repr, KINDS))
HOOK = '[channels.hook]\ntype = "webhook"\nurl = "https://example.org/hook"\n'


@pytest.fixture
def faults_of(tmp_path):
    def read(text: str, environ: dict[str, str] | None = None) -> list[str]:
        (tmp_path / "config.toml").write_text(text)
        with pytest.raises(ConfigurationError) as caught:
            load_config(tmp_path / "config.toml", environ or {})
        return [str(fault) for fault in caught.value.faults]

    return read


CASES = {
    "a channel whose name is another's in other bytes": (
        HOOK.replace("hook]", '"\u00e9co"]') + HOOK.replace("hook]", '"e\u0301co"]'),
        "channels.e\u0301co: is also the name of another channel: Unicode writes these letters in two ways",
    ),
    "an unknown table": ("[crawlers]", 'crawlers: unknown table; did you mean "crawler"?'),
    "an unknown table like no other": (
        "[zzz]",
        f"zzz: unknown table; known: {', '.join(SECTIONS)}, sources, entities, topics, channels",
    ),
    "an unknown key": ('[archive]\npth = "a.db"', 'archive.pth: unknown key; did you mean "path"?'),
    "an unknown key like no other": ("[alerts]\nzzz = 1", "alerts.zzz: unknown key; known here: first_poll, per, follow_up, revisions"),
    "a value where a table belongs": ('archive = "a.db"', "archive: must be a table, [archive]"),
    "a table where a list belongs": (
        '[sources]\nurl = "https://un.example/"',
        "sources: must be a list of tables, each written [[sources]]",
    ),
    "a list where tables belong": ('[[channels]]\ntype = "email"', "channels: must be tables, each written [channels.NAME]"),
    "a number where a string belongs": ("[archive]\npath = 1", "archive.path: must be a string in quotes"),
    "a number where a duration belongs": ("[crawler]\ninterval = 900", "crawler.interval: must be a string in quotes"),
    "a string where a number belongs": ('[crawler]\nconcurrency = "32"', "crawler.concurrency: must be a whole number"),
    "a number where true belongs": ("[crawler]\nobey_robots = 1", "crawler.obey_robots: must be true or false"),
    "a string where a list belongs": (
        '[[sources]]\nurl = "https://un.example/"\ntags = "tech"',
        "sources.0.tags: must be a list in brackets",
    ),
    "an empty path": ('[archive]\npath = " "', "archive.path: must not be empty"),
    "a bad retention": (
        '[archive]\nretention = "1y"',
        "archive.retention: '1y' is no duration; write a whole number and s, m, h, d or w, such as 30s, 15m, 12h, 7d or 4w",
    ),
    "no retention at all": ('[archive]\nretention = "0d"', "archive.retention: must be longer than 0s"),
    "a time zone that is none": (
        '[display]\ntimezone = "Paris"',
        "display.timezone: 'Paris' is no time zone; write a name of the IANA database, such as Europe/Paris or UTC",
    ),
    "a folder of time zones": (
        '[display]\ntimezone = "Europe"',
        "display.timezone: 'Europe' is no time zone; write a name of the IANA database, such as Europe/Paris or UTC",
    ),
    "a way out of the time zones": (
        '[display]\ntimezone = "../../etc/passwd"',
        "display.timezone: '../../etc/passwd' is no time zone; write a name of the IANA database, such as Europe/Paris or UTC",
    ),
    "a log level that is none": ('[log]\nlevel = "loud"', "log.level: must be 'debug', 'info', 'warning' or 'error'"),
    "a user agent that no header carries": (
        '[crawler]\nuser_agent = "été"',
        "crawler.user_agent: must be plain ASCII: it is sent in an HTTP header",
    ),
    "a user agent that forges a header": (
        '[crawler]\nuser_agent = "a\\r\\nCookie: b"',
        "crawler.user_agent: must be one line without control characters",
    ),
    "no concurrency": ("[crawler]\nconcurrency = 0", "crawler.concurrency: must be at least 1"),
    "too much concurrency": ("[crawler]\nconcurrency = 1001", "crawler.concurrency: must be at most 1000"),
    "an interval of nothing": ('[crawler]\ninterval = "0s"', "crawler.interval: must be longer than 0s"),
    "a size that is none": (
        '[crawler]\nmax_body = "10"',
        "crawler.max_body: '10' is no size; write a whole number and a unit, such as 500kB, 10MB or 10MiB",
    ),
    "a size of nothing": ('[crawler]\nmax_body = "0MB"', "crawler.max_body: must be larger than 0B"),
    "a network that is none": (
        '[crawler]\nallow_addresses = ["::1", "127.0.0.1/8"]',
        "crawler.allow_addresses.1: '127.0.0.1/8' is no network; write it as 127.0.0.0/8 or fd00::/8, with no bits after the prefix",
    ),
    "an interval under the shortest": (
        '[crawler]\ninterval = "1m"',
        "crawler.interval: 1m does not lie between min_interval, 5m, and max_interval, 12h",
    ),
    "limits that cross": ('[crawler]\nmin_interval = "1d"', "crawler.min_interval: 1d is longer than max_interval, 12h"),
    "a first poll that is neither": ('[alerts]\nfirst_poll = "loud"', "alerts.first_poll: must be 'silent', 'alert' or 'digest'"),
    "a way to alert that is none": ('[alerts]\nper = "event"', "alerts.per: must be 'story' or 'article'"),
    "follow-ups that come no one knows when": (
        '[alerts]\nfollow_up = "sometimes"',
        "alerts.follow_up: 'sometimes' says not how often; write a duration such as 1h, now, off, hourly or daily 08:00",
    ),
    "follow-ups of a topic that never come": (
        '[[topics]]\nname = "Un"\nquery = "un"\nfollow_up = "8d"',
        "topics.0.follow_up: must be longer than 0s, and 7 days at most; write now to be told at once",
    ),
    "a source that is no table": ('sources = ["https://un.example/"]', "sources.0: must be a table, [sources.0]"),
    "a source without address": ('[[sources]]\nname = "Un"', "sources.0.url: is required"),
    "a source with two": (
        '[[sources]]\nurl = "https://un.example/"\nopml = "a.opml"',
        "sources.0: has both url and opml; make two [[sources]] of it",
    ),
    "a source under the shortest interval": (
        '[[sources]]\nurl = "https://un.example/"\ninterval = "1m"',
        "sources.0.interval: 1m does not lie between [crawler] min_interval, 5m, and max_interval, 12h",
    ),
    "a mode that is none": (
        '[[sources]]\nurl = "https://un.example/"\narticles = "all"',
        "sources.0.articles: must be 'auto', 'page' or 'feed'",
    ),
    "the same source twice": (
        '[[sources]]\nurl = "https://un.example/"\n[[sources]]\nurl = "https://un.example/#a"',
        "sources.1.url: is the same as that of sources.0; a source is its URL, remove one of them",
    ),
    "a password in a source's address": (
        '[[sources]]\nurl = "https://me:pa55@un.example/"',
        "sources.0.url: must not hold a user name or password: the URLs of sources are shown in lists and logs",
    ),
    "a list that is not there": (
        '[[sources]]\nopml = "nowhere.opml"',
        "sources.0.opml: nowhere.opml cannot be read (No such file or directory); the path is relative to config.toml",
    ),
    "an entity without names": ("[entities.otan]\nnames = []", "entities.otan.names: must name at least one"),
    "an entity with nothing said": (
        "[entities.otan]",
        "entities.otan: must have names, or add, which adds to the names that come with the program",
    ),
    "an entity with nothing added": ("[entities.otan]\nadd = []", "entities.otan.add: must name at least one"),
    "an entity that cannot be added to": (
        '[entities.otann]\nadd = ["Alliance"]',
        'entities.otann.add: no entity otann comes with the program to add to; did you mean "otan"?',
    ),
    "an entity like no other that cannot be added to": (
        '[entities.zzzzzz]\nadd = ["Alliance"]',
        "entities.zzzzzz.add: no entity zzzzzz comes with the program to add to; give names instead",
    ),
    "an entity with an unknown key": (
        '[entities.otan]\nnames = ["OTAN"]\nadds = ["NATO"]',
        'entities.otan.adds: unknown key; did you mean "add"?',
    ),
    "an entity with an empty name": ('[entities.otan]\nnames = ["OTAN", ""]', "entities.otan.names.1: must not be empty"),
    "two entities of one name": (
        '[entities.otan]\nnames = ["OTAN"]\n[entities.OTAN]\nnames = ["NATO"]',
        "entities.OTAN: case aside, this is entities.otan again; put all its names there",
    ),
    "a topic without a query": ('[[topics]]\nname = "IA"', "topics.0.query: is required"),
    "a topic without a name": ('[[topics]]\nname = ""\nquery = "IA"', "topics.0.name: must not be empty"),
    "a topic's name on two lines": (
        '[[topics]]\nname = "I\\nA"\nquery = "IA"',
        "topics.0.name: must be one line without control characters",
    ),
    "two topics of one name": (
        '[[topics]]\nname = "IA"\nquery = "IA"\n[[topics]]\nname = "IA"\nquery = "AI"',
        'topics.1.name: "IA" is also the name of topics.0; a topic is its name',
    ),
    "a channel that is not there": (
        '[[topics]]\nname = "IA"\nquery = "IA"\nnotify = ["redaction"]',
        'topics.0.notify.0: no channel is called "redaction"; none is configured; add a [channels.NAME]',
    ),
    "a channel misspelt": (
        f'[[topics]]\nname = "IA"\nquery = "IA"\nnotify = ["hook", "hok"]\n{HOOK}',
        'topics.0.notify.1: no channel is called "hok"; did you mean "hook"?',
    ),
    "a channel like no other": (
        f'[[topics]]\nname = "IA"\nquery = "IA"\nnotify = ["zzz"]\n{HOOK}',
        'topics.0.notify.0: no channel is called "zzz"; there are: hook',
    ),
    "a channel of no known type": (
        '[channels.a]\ntype = "pigeon"',
        f"channels.a.type: must be {ANY_KIND}",
    ),
    "a channel without a type": ("[channels.a]", f"channels.a.type: must be {ANY_KIND}"),
    "a channel that is no table": ('[channels]\na = "b"', "channels.a: must be a table, [channels.a]"),
    "an escalation to nobody": (
        HOOK + 'escalate = { after = "30m", to = "astreint" }\n[channels.astreinte]\ntype = "webhook"\nurl = "https://example.org/hook"\n',
        'channels.hook.escalate: no channel is called "astreint"; did you mean "astreinte"?',
    ),
    "an escalation in a circle of one": (
        HOOK + 'escalate = { after = "30m", to = "Hook" }',
        "channels.hook.escalate: must go to another channel",
    ),
    "an escalation at no time": (
        HOOK + 'escalate = { to = "hook2" }\n[channels.hook2]\ntype = "webhook"\nurl = "https://example.org/hook"\n',
        'channels.hook.escalate: must be a table such as { after = "30m", to = "astreinte" }',
    ),
    "an escalation after days": (
        HOOK + 'escalate = { after = "2d", to = "hook2" }\n[channels.hook2]\ntype = "webhook"\nurl = "https://example.org/hook"\n',
        "channels.hook.escalate: after must be longer than 0s, and a day at most",
    ),
    "an escalation that is no table": (
        HOOK + 'escalate = "30m"',
        'channels.hook.escalate: must be a table such as { after = "30m", to = "astreinte" }',
    ),
    "an address to nobody": (EMAIL.replace('["redaction@example.org"]', "[]"), "channels.mail.to: must name at least one"),
    "a mail from nobody": (EMAIL.replace('from = "quivive@example.org"\n', ""), "channels.mail.from: is required"),
    "a mail from who knows": (
        EMAIL.replace("quivive@example.org", "quivive"),
        'channels.mail.from: must be one mail address, such as "quivive@example.org" or "Quivive <quivive@example.org>"',
    ),
    "a mail from a name that is quoted": (
        EMAIL.replace('"quivive@example.org"', """'"le veilleur"@example.org'"""),
        'channels.mail.from: must be one mail address, such as "quivive@example.org" or "Quivive <quivive@example.org>"',
    ),
    "two addresses in one": (
        EMAIL.replace("redaction@example.org", "a@example.org, b@example.org"),
        'channels.mail.to.0: must be one mail address, such as "quivive@example.org" or "Quivive <quivive@example.org>"',
    ),
    "a user without password": (EMAIL + 'username = "veilleur"', "channels.mail: username and password go together: give both or neither"),
    "a hook that is no address": (
        HOOK.replace("https://", "ftp://"),
        "channels.hook.url: must be a complete http or https URL such as https://www.example.org/hook",
    ),
    "a hook on a host that cannot be": (
        HOOK.replace("example.org", f"{'a' * 64}.example.org"),
        "channels.hook.url: the host name cannot be one",
    ),
    "a secret with an accent": (
        f'{HOOK}secret = "whsec_é"',
        "channels.hook.secret: must be whsec_ followed by base64 (Standard Webhooks); `openssl rand -base64 32` makes one",
    ),
    "a secret that is none": (
        f'{HOOK}secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"',
        "channels.hook.secret: must be whsec_ followed by base64 (Standard Webhooks); `openssl rand -base64 32` makes one",
    ),
    "a secret in no base64": (
        f'{HOOK}secret = "whsec_*MfKQ9r8"',
        "channels.hook.secret: must be whsec_ followed by base64 (Standard Webhooks); `openssl rand -base64 32` makes one",
    ),
    "a variable that is not set": (
        f'{HOOK}secret = "${{HOOK_SECRET}}"',
        "channels.hook.secret: the environment variable HOOK_SECRET is not set; set it, or write $${ for the signs themselves",
    ),
    "a variable without a name": (
        '[crawler]\nuser_agent = "${}"',
        "crawler.user_agent: holds a ${ that no NAME} follows; write ${NAME}, or $${ for the signs themselves",
    ),
}


@pytest.mark.parametrize(("text", "fault"), CASES.values(), ids=CASES)
def test_a_mistake_is_named_with_its_key_and_what_to_do(faults_of, text, fault):
    assert faults_of(text) == [fault]


@pytest.mark.parametrize(
    "url", ["", "un.example/feed", "ftp://un.example/", "https://", "https://[::1/", "https://un.example:http/", "feed://un.example/"]
)
def test_what_is_no_http_address_is_no_source(faults_of, url):
    (fault,) = faults_of(f'[[sources]]\nurl = "{url}"')
    assert fault == "sources.0.url: must be a complete http or https URL such as https://www.example.org/feed"


def test_two_addresses_in_one_string_are_no_source(faults_of):
    (fault,) = faults_of('[[sources]]\nurl = "https://un.example/ https://deux.example/"')
    assert fault == "sources.0.url: must be one URL without spaces"


def test_a_mail_server_that_cannot_be_one_is_a_fault_of_its_key(faults_of):
    (fault,) = faults_of(EMAIL.replace("smtp://127.0.0.1:1025", "http://127.0.0.1"))
    assert fault.startswith("channels.mail.smtp: ")


def test_a_query_that_cannot_be_read_is_shown_with_the_place(faults_of):
    (fault,) = faults_of('[[topics]]\nname = "IA"\nquery = "IA"\n[[topics]]\nname = "Guerre"\nquery = "(guerre OR"')
    first, query, place = fault.split("\n")
    assert first.startswith('topics.1.query: topic "Guerre": ')
    assert query == "  (guerre OR"
    assert place.strip() == "^"


def test_the_query_for_what_is_urgent_is_checked_like_the_other(faults_of):
    (fault,) = faults_of('[[topics]]\nname = "IA"\nquery = "IA"\nurgent = "@otna"')
    assert fault.startswith('topics.0.urgent: topic "IA": ')


def test_a_query_that_uses_an_unknown_entity_is_a_fault_of_the_topic(faults_of):
    (fault,) = faults_of('[entities.otan]\nnames = ["OTAN"]\n[[topics]]\nname = "IA"\nquery = "@otna"')
    assert fault.startswith('topics.0.query: topic "IA": ')


def test_an_unknown_entity_is_answered_with_those_that_come_with_the_program_and_are_close(faults_of):
    (fault,) = faults_of('[[topics]]\nname = "IA"\nquery = "@otan AND @pentagon"')
    assert "there is no entity pentagon; expected @pentagone" in fault


def test_a_broken_entity_is_reported_alone_and_not_again_by_the_topics_that_use_it(faults_of):
    (fault,) = faults_of('[entities.otan]\nnames = 5\n[[topics]]\nname = "IA"\nquery = "@otan"')
    assert fault == "entities.otan.names: must be a list in brackets"


def test_an_entity_without_a_word_is_a_fault_even_if_no_topic_uses_it(faults_of):
    (fault,) = faults_of('[entities.otan]\nnames = ["«»"]')
    assert fault.startswith("entities.otan: ")


def test_an_entity_that_no_query_can_name_is_a_fault(faults_of):
    (fault,) = faults_of('[entities."a b"]\nnames = ["OTAN"]')
    assert fault.startswith("entities.a b: ")


def test_every_fault_is_reported_at_once_in_the_order_of_the_file(faults_of):
    faults = faults_of("""
        [crawler]
        concurrency = 0
        timeout = "soon"
        [log]
        level = "loud"
        [[sources]]
        url = "nowhere"
        articles = "all"
        [[topics]]
        name = "IA"
        query = ")"
        notify = ["nobody"]
        [channels.mail]
        type = "email"
        """)
    assert [fault.partition(":")[0] for fault in faults] == [
        "crawler.concurrency",
        "crawler.timeout",
        "log.level",
        "sources.0.url",
        "sources.0.articles",
        "topics.0.query",
        "topics.0.notify.0",
        "channels.mail.smtp",
        "channels.mail.from",
        "channels.mail.to",
    ]


def test_the_feeds_of_a_list_are_checked_and_named_by_line(faults_of, tmp_path):
    (tmp_path / "list.opml").write_text(
        '<opml><body>\n<outline text="Un" xmlUrl="un.example"/>\n<outline text="Deux" xmlUrl=""/></body></opml>'
    )
    wrong = "its xmlUrl must be a complete http or https URL such as https://www.example.org/feed"
    assert faults_of('[[sources]]\nopml = "list.opml"') == [
        f'sources.0.opml: list.opml: line 2 ("Un"): {wrong}',
        f'sources.0.opml: list.opml: line 3 ("Deux"): {wrong}',
    ]


def test_a_list_that_is_no_list_is_a_fault_that_says_where(faults_of, tmp_path):
    (tmp_path / "list.opml").write_text("<opml>\n<body>\n</opml>")
    (fault,) = faults_of('[[sources]]\nopml = "list.opml"')
    assert fault.startswith("sources.0.opml: list.opml: line 3: not well-formed XML (mismatched tag)")


SECRETS = {"HOOK_SECRET": "pa55w0rd\\'\"", "SMTP_PASSWORD": "pa55w0rd"}


@pytest.mark.parametrize(
    "text",
    [
        f'{HOOK}secret = "${{HOOK_SECRET}}"',
        f'{EMAIL}username = "a"\npassword = "${{SMTP_PASSWORD}}"\nextra = "${{SMTP_PASSWORD}}"',
        '[crawler]\ntimeout = "${HOOK_SECRET}"\nmax_body = "${HOOK_SECRET}"\nallow_addresses = ["${HOOK_SECRET}"]',
        '[display]\ntimezone = "${SMTP_PASSWORD}"',
        '[[sources]]\nurl = "${SMTP_PASSWORD}"',
        '[[sources]]\nopml = "${SMTP_PASSWORD}"',
        '[[topics]]\nname = "${SMTP_PASSWORD}"\nquery = "(${SMTP_PASSWORD}"\nnotify = ["${SMTP_PASSWORD}"]',
        EMAIL.replace("127.0.0.1:1025", "me:${SMTP_PASSWORD}@nowhere:port"),
        '[channels.mail]\ntype = "${SMTP_PASSWORD}"',
        f'[channels.hook]\ntype = "webhook"\nurl = "ftp://{SECRETS["SMTP_PASSWORD"]}"',
        f'{EMAIL}password = "{SECRETS["SMTP_PASSWORD"]}"',
        EMAIL.replace("127.0.0.1:1025", f"me:{SECRETS['SMTP_PASSWORD']}@nowhere:port"),
    ],
)
def test_no_secret_is_in_any_message(faults_of, text):
    faults = faults_of(text, SECRETS)
    assert faults
    assert not [fault for fault in faults if "pa55" in fault]


def test_a_missing_file_is_answered_with_how_to_name_one(tmp_path):
    with pytest.raises(
        ConfigurationError, match=r"config.toml: there is no such file; `quivive init` writes one, or name another with --config PATH"
    ):
        load_config(tmp_path / "config.toml", {})


def test_a_folder_is_no_configuration(tmp_path):
    with pytest.raises(ConfigurationError, match="the file cannot be read: Is a directory"):
        load_config(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = " + "[" * 20_000, "its tables or lists are nested too deeply, as none here must be"),
        ("[a" + ".a" * 3_000 + "]", "its tables or lists are nested too deeply, as none here must be"),
        ("x = " + "9" * 10_000, "a number in it has thousands of digits"),
    ],
    ids=["lists", "tables", "digits"],
)
def test_a_file_that_no_reader_of_toml_can_take_is_a_fault_too(faults_of, text, fault):
    assert faults_of(text) == [fault]


def test_what_is_no_toml_is_answered_with_the_line(faults_of):
    assert faults_of("[log]\nlevel = loud") == ["the file is not valid TOML: Invalid value (at line 2, column 9)"]


def test_another_encoding_than_utf_8_is_answered_with_what_to_do(tmp_path):
    (tmp_path / "config.toml").write_bytes("# été".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"the file is not UTF-8 \(byte 2\); save it as UTF-8"):
        load_config(tmp_path / "config.toml", {})


def test_a_list_has_no_name(tmp_path, faults_of):
    (tmp_path / "a.opml").write_text("<opml/>")
    faults = faults_of('[[sources]]\nopml = "a.opml"\nname = "Un"')
    assert faults == ["sources.0.name: unknown key; known here: opml, articles, interval, tags"]


@pytest.fixture
def places_of(tmp_path):
    """Line, key and name of every fault."""

    def read(text: str) -> list[tuple[int | None, str, str | None]]:
        (tmp_path / "config.toml").write_text(text)
        with pytest.raises(ConfigurationError) as caught:
            load_config(tmp_path / "config.toml", {})
        return [(fault.line, fault.key, fault.called) for fault in caught.value.faults]

    return read


def test_every_fault_has_its_line_and_the_name_of_its_source_or_topic(places_of):
    text = """\
# What is watched.
[archive]
pth = "a.db"

[[sources]]
url = "https://un.example/feed"
name = "Numérama"
interval = "soon"

[[sources]]
url = "https://deux.example/feed"
tags = [
  "tech",
  "",   # an empty one
]

[[topics]]
name = "OTAN"
query = \"\"\"
otan OR
(\"\"\"
notify = ["mail"]

[channels.hook]
type = "webhook"
"""
    assert places_of(text) == [
        (3, "archive.pth", None),
        (8, "sources.0.interval", "Numérama"),
        (14, "sources.1.tags.1", "https://deux.example/feed"),
        (19, "topics.0.query", "OTAN"),
        (22, "topics.0.notify.0", "OTAN"),
        (24, "channels.hook.url", None),
    ]


def test_what_is_wrong_in_one_key_hides_nothing_that_is_wrong_in_another(places_of):
    text = """\
[[topics]]
naem = "OTAN"
query = "otan AND"
notify = ["nobody"]
[[sources]]
url = "https://un.example/feed"
articles = "all"
[[sources]]
url = "https://un.example/feed"
intervall = "10m"
"""
    assert places_of(text) == [
        (1, "topics.0.name", None),
        (2, "topics.0.naem", None),
        (3, "topics.0.query", None),
        (4, "topics.0.notify.0", None),
        (7, "sources.0.articles", "https://un.example/feed"),
        (9, "sources.1.url", "https://un.example/feed"),
        (10, "sources.1.intervall", "https://un.example/feed"),
    ]


def test_what_is_no_toml_hides_nothing_either_and_makes_nothing_seem_wrong_that_is_not(places_of):
    text = """\
[archive]
path = a.db
[[sources]]
url = "https://un.example/feed
name = "Un"
[[sources]]
url = "https://deux.example/feed"
tags = ["a", "b"
interval = "soon"
[[topics]
name = "OTAN"
query = "otan"
[[topics]]
name = "Fibre"
query = "@fibre"
notify = ["mail"]
[crawler]
concurrency = 0
[crawler]
timeout = "5s"
"""
    assert places_of(text) == [
        (2, "", None),
        (4, "", None),
        (9, "", None),
        (9, "sources.1.interval", "https://deux.example/feed"),
        (10, "", None),
        (18, "crawler.concurrency", None),
        (19, "", None),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [('a = """\nnever ended\n', None), ("[a\n" * 100, 1), ("= 1\n" * 100, 1), ("\x00", 1), ('"\\ud800" = 1', 1)],
)
def test_what_is_no_toml_at_all_is_answered_with_twenty_faults_at_most(places_of, text, line):
    places = places_of(text)
    assert 1 <= len(places) <= 20
    assert places[0] == (line, "", None)


def test_a_file_that_is_not_utf_8_is_told_with_the_line(tmp_path):
    (tmp_path / "config.toml").write_bytes(b'[archive]\npath = "a.db"\n# caf\xe9\n')
    with pytest.raises(ConfigurationError) as caught:
        load_config(tmp_path / "config.toml", {})
    assert [fault.line for fault in caught.value.faults] == [3]


@pytest.mark.parametrize(
    ("make", "message"),
    [(os.mkfifo, "is no file"), (lambda path: path.symlink_to("/dev/zero"), "is no file")],
    ids=["a pipe that nobody fills", "a device that never ends"],
)
def test_a_list_that_is_no_file_is_not_waited_for(tmp_path, faults_of, make, message):
    make(tmp_path / "list.opml")
    assert faults_of('[[sources]]\nopml = "list.opml"') == [f"sources.0.opml: list.opml {message}"]


def test_thousands_of_mistakes_are_each_compared_with_none_of_the_others(tmp_path, faults_of):
    class Text(str):
        __slots__ = ()
        compared = 0

        def __eq__(self, other: object) -> bool:
            Text.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    file = ConfigFile(tmp_path / "config.toml", {}, {})
    for number in range(1_000):
        file.add_fault(f"sources.{number}.typo", Text("unknown key"))
        file.add_fault(f"sources.{number}.typo", Text("unknown key"))
        assert file.has_fault(f"sources.{number}")
        assert not file.has_fault(f"sources.{number}.url")
    assert len(file.faults) == 1_000
    assert Text.compared <= 2_000
