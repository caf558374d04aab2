import pytest

from monitors.channels.email import EmailChannel, parse_smtp_url
from monitors.channels.urls import is_loopback
from monitors.channels.webhook import Table, WebhookChannel


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, "opportunistic"),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, "opportunistic"),
        ("smtp://127.0.0.1:1025/", "127.0.0.1", 1025, "opportunistic"),
        ("smtp://mail.example.org:587?starttls=required", "mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org/?starttls=required", "mail.example.org", 25, "starttls"),
        ("smtps://mail.example.org", "mail.example.org", 465, "tls"),
        ("smtps://[::1]:4650", "::1", 4650, "tls"),
    ],
)
def test_a_mail_servers_url_gives_host_port_and_security(url, host, port, security):
    assert parse_smtp_url(url) == (host, port, security)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mail.example.org:25", "begins with smtp:// or smtps://"),
        ("http://mail.example.org", "begins with smtp:// or smtps://"),
        ("smtp://", "host is missing"),
        ("smtp://user:hunter2@mail.example.org", "`username` and `password`"),
        ("smtp://mail.example.org/path", "ends after the port"),
        ("smtp://mail.example.org#x", "ends after the port"),
        ("smtp://mail.example.org?starttls=never", "only option"),
        ("smtp://mail.example.org?tls=1", "only option"),
        ("smtps://mail.example.org?starttls=required", "takes no options"),
        ("smtp://mail.example.org:0", "port 0"),
        ("smtp://mail.example.org:99999", "ort"),
        ("smtp://mail.example.org:smtp", "ort"),
        ("smtp://mail example.org", "spaces"),
        ("smtp://mail..example.org", "host name"),
        ("smtp://[::1", "IPv6"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong_and_without_the_password(url, complaint):
    with pytest.raises(ValueError) as caught:
        parse_smtp_url(url)
    assert complaint in str(caught.value)
    assert "hunter2" not in str(caught.value)


def email(**changes):
    return EmailChannel(
        **{
            "name": "redaction",
            "host": "127.0.0.1",
            "port": 25,
            "security": "tls",
            "sender": "q@example.org",
            "recipients": ("r@example.org",),
            **changes,
        }
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a@b@c d",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: x@example.org",
        "<a>b@example.org",
        "a@exa..mple.org",
    ],
)
def test_an_address_that_is_not_exactly_one_is_refused(address):
    with pytest.raises(ValueError):
        email(sender=address)
    with pytest.raises(ValueError):
        email(recipients=("r@example.org", address))


@pytest.mark.parametrize(
    "address", ["a@example.org", "La rédaction <a@example.org>", '"Martin, Julie" <j.martin@example.org>', "élise@exemple.fr"]
)
def test_an_address_may_have_a_name_and_letters_of_any_language(address):
    assert email(sender=address, recipients=(address,)).recipients == (address,)


def test_an_email_channel_needs_someone_to_tell():
    with pytest.raises(ValueError, match="recipient"):
        email(recipients=())


def test_a_password_without_a_username_is_refused():
    with pytest.raises(ValueError, match="username"):
        email(password="hunter2")


@pytest.mark.parametrize(
    "url", ["https://example.org/hook", "http://127.0.0.1:8080", "https://u:p@example.org/x?token=1", "http://[::1]:80/"]
)
def test_a_webhook_may_be_anywhere_on_the_web_or_at_home(url):
    assert WebhookChannel("hook", url).url == url


@pytest.mark.parametrize(
    "url", ["", "example.org/hook", "ftp://example.org", "https://", "https:///path", "http://a b/", "http://x:0/", "http://x:1e5/"]
)
def test_a_webhooks_url_that_cannot_be_posted_to_is_refused(url):
    with pytest.raises(ValueError):
        WebhookChannel("hook", url)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "whsec_a", "pass-word"])
def test_a_secret_that_no_receiver_could_verify_is_refused(secret):
    with pytest.raises(ValueError, match="whsec_"):
        WebhookChannel("hook", "https://example.org", secret)


@pytest.mark.parametrize(
    "secret", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_dGVzdA==", "whsec_dGVzdA"]
)
def test_a_secret_is_base64_with_or_without_prefix_and_padding(secret):
    assert WebhookChannel("hook", "https://example.org", secret).secret == secret


def read_webhook(**keys):
    return Table(**{"type": "webhook", "url": "https://example.org", **keys}).make_channel("hook")


@pytest.mark.parametrize("template", ["slack", "discord", "mattermost", "teams", "json", "mine.json", "mine.txt"])
def test_a_webhooks_body_may_be_made_of_a_template(template):
    assert read_webhook(template=template).template == template


@pytest.mark.parametrize(
    ("template", "knows"),
    [(None, True), ("json", True), ("a.json", True), *[(name, False) for name in ("slack", "discord", "mattermost", "teams")]],
)
def test_a_chat_service_knows_no_repeat_and_is_told_one_message_after_the_other(template, knows):
    pace = read_webhook(template=template, at_once=7, max_per_second=2.0).policy.pace
    assert (pace.knows_repeats, pace.at_once, pace.per_second) == (knows, 7 if knows else 1, 2.0)


@pytest.mark.parametrize("template", ["skype", "", "../mine.json", "/etc/passwd", "mine.html", "a/b.json", "json.j2", ".json"])
def test_a_template_that_is_none_of_ours_and_no_name_of_a_file_is_refused(template):
    with pytest.raises(ValueError, match=r"must be one of discord, json, mattermost, slack, teams, or the name of a \.json or \.txt file"):
        read_webhook(template=template)


def test_a_previous_secret_goes_with_one_that_is_to_stay():
    new, old = "whsec_bmV3", "whsec_b2xk"
    assert read_webhook(secret=new, previous_secret=old).secrets == (new, old)
    assert read_webhook(secret=new).secrets == (new,)
    with pytest.raises(ValueError, match="previous_secret goes with secret"):
        read_webhook(previous_secret=old)
    assert "b2xk" not in repr(read_webhook(secret=new, previous_secret=old))


def test_neither_passwords_nor_secrets_nor_webhook_urls_are_printed():
    printed = repr(email(username="u", password="hunter2")) + repr(WebhookChannel("hook", "https://example.org/T0KEN", "whsec_dGVzdA=="))
    assert "hunter2" not in printed
    assert "dGVzdA" not in printed
    assert "T0KEN" not in printed


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("mail.localhost", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_is_this_machine_alone(host, answer):
    assert is_loopback(host) is answer
