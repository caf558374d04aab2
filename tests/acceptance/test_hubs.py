"""The daemon and a hub: told of news at once, as the user sees it; and without a hub, without a place to listen, with another one."""

from __future__ import annotations

import signal
import socket

from tests.hub import Hub
from tests.mailbox import closed_port
from tests.news_site import NewsSite, item, rss
from tests.processes import Home, source, topic, webhook

SELDOM = (
    'interval = "6h"\nmin_interval = "1s"\nmax_interval = "12h"\ndelay_per_host = "0s"\nconcurrency_per_host = 16\n'
    'allow_addresses = ["127.0.0.0/8"]\n'
)


def configure(home: Home, site: NewsSite, hook_url: str, port: int | None, *sources: str) -> None:
    places = f'[web]\nlisten = "127.0.0.1:{port}"\npublic_url = "http://127.0.0.1:{port}"\n' if port else ""
    listed = [source(site.url("/feed"), "Le Journal", articles="feed"), *sources]
    home.configure(
        sources=listed, topics=[topic("OTAN", "otan", ["hook"])], channels=[webhook("hook", hook_url)], crawler=SELDOM, more=places
    )


def publish(site: NewsSite, hub: Hub, *titles: str) -> str:
    links = f'<{hub.url}>; rel="hub", <{site.url("/feed")}>; rel="self"'
    body = rss(*(item(title, site.url(f"/{title}"), description=f"{title}, en bref.") for title in titles))
    site.page("/feed", body, headers={"Content-Type": "application/rss+xml", "Link": links})
    return body


def test_news_that_a_hub_tells_of_are_alerted_at_once_and_told_once(home, site, hook) -> None:
    with Hub() as hub:
        publish(site, hub, "Rien")
        configure(home, site, hook.url, closed_port())
        with home.start("run") as daemon:
            [held] = hub.wait_for()
            body = publish(site, hub, "L’OTAN parle", "Rien")
            assert hub.tell(held, body) == 202
            [alert] = hook.wait_for(1)
            assert home.quivive("poll").status == 0  # which finds the same
            daemon.terminate()
            assert daemon.wait() == 0
        assert alert.json["data"]["article"]["title"] == "L’OTAN parle"
        assert len(hook.requests) == 1
        shown = home.call("show", "Le Journal")
        assert f"{hub.url}: tells of news until" in shown.out
        [told] = home.call("show", "Le Journal", "--json").json["hubs"]
        assert (told["hub"], told["topic"], told["state"], told["message"]) == (hub.url, site.url("/feed"), "active", None)
        assert told["told_at"] is not None
        assert held.secret not in shown.out + home.call("show", "Le Journal", "--json").out


def test_no_hub_is_asked_without_a_place_to_listen_and_a_reload_gives_and_takes_it(home, site, hook) -> None:
    port, other = closed_port(), closed_port()
    with Hub() as hub:
        publish(site, hub, "Rien")
        configure(home, site, hook.url, None)
        with home.start("run") as daemon:
            daemon.wait_for_log("new_entries=1")
            assert "needs [web] public_url" in home.call("show", "Le Journal").out
            assert hub.requests == []
            configure(home, site, hook.url, port)
            daemon.send(signal.SIGHUP)
            [held] = hub.wait_for()
            assert f":{port}/websub/" in held.callback
            configure(home, site, hook.url, other)
            daemon.send(signal.SIGHUP)
            moved = hub.wait_for(2)[1]  # which is told the new address at once, long before its lease ends
            assert moved.callback == held.callback.replace(str(port), str(other))
            daemon.terminate()
            assert daemon.wait() == 0


def test_a_place_that_is_taken_is_told_and_sources_are_polled_all_the_same(home, site, hook) -> None:
    with Hub() as hub, socket.create_server(("127.0.0.1", 0)) as taken:
        publish(site, hub, "L’OTAN parle")
        configure(home, site, hook.url, taken.getsockname()[1])
        with home.start("run") as daemon:
            daemon.wait_for_log("nobody listens to hubs")
            hook.wait_for(1)
            daemon.terminate()
            assert daemon.wait() == 0
        assert hub.requests == []


def test_a_source_that_leaves_the_configuration_is_unsubscribed(home, site, hook) -> None:
    port = closed_port()
    with Hub() as hub:
        publish(site, hub, "Rien")
        another = source(site.publish_feed("/other", rss(item("Un", "http://x.example/"))), "L’autre", articles="feed")
        configure(home, site, hook.url, port, another)
        with home.start("run") as daemon:
            hub.wait_for()
            home.write_config(home.config.read_text().replace(source(site.url("/feed"), "Le Journal", articles="feed"), ""))
            daemon.send(signal.SIGHUP)
            hub.wait_for(mode="unsubscribe")
            daemon.terminate()
            assert daemon.wait() == 0
        assert home.call("show", "Le Journal", "--json").json["hubs"] == []
