"""How fast what is due goes out: 10,000 deliveries that wait in an archive, sent to a local receiver in a process of its own.

Each is sent by the dispatcher as the daemon makes it, from the archive, sealed before and recorded after. The same run has a bare loop
beside it (aiohttp, aiosmtplib) that posts the same bodies, as many at a time, over connections that are kept, and neither reads nor records
anything: what could be had at most. A third part polls 100 feeds of 30 pages at full speed, and takes the time from when each alert was
made, before it is committed, until the receiver has all of the message.

The process that sends is bound to one core. Seconds of CPU are given beside the rate, which other programs on the machine spoil.

Run: python -m bench.delivering
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import aiosmtplib
import psutil
from standardwebhooks import Webhook

from bench.common import make_parser, percentile, print_figure, print_load, print_machine, run_program, working_folder, write_config
from bench.first_poll import hosts, make_answers
from bench.french import make_title
from bench.sinks import running_sink
from bench.site import SitePlan, running_site
from bench.waiting import ENGLISH, FEED, QUARTER, bring, now
from monitors import Dispatcher
from monitors.channels import Channel
from monitors.channels.email import EmailChannel
from monitors.channels.webhook import WebhookChannel
from monitors.mail_address import parse_mail_address
from monitors.rendering_email import LetterWriter, email_bytes
from monitors.rendering_webhook import render_messages
from news.alerts import AttemptResult, Bundle
from news.plans import Policy
from news.query import Matcher
from news.source_specs import ArticlesMode, SourceSpec
from news.topics import Topic
from storage import Archive, ArchiveReader, Watch

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT_ONCE = 4
"""Attempts under way in the bare loops, as on a channel."""
SAMPLES = 100
"""Different messages that the bare loops send again and again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast so many messages went out."""

    messages: int
    seconds: float
    cpu_seconds: float
    grown_bytes: int = 0
    """By how much memory grew at most."""

    @property
    def rate(self) -> float:
        """Messages for each second that passed."""
        return self.messages / self.seconds

    @property
    def rate_of_core(self) -> float:
        """Messages for each second of CPU: the rate that a core would have that nobody else uses."""
        return self.messages / self.cpu_seconds


def main() -> None:
    """Measure webhooks, mails, and webhooks beside a crawl."""
    parser = make_parser(__doc__ or "")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--only", choices=("webhook", "mail", "crawl"), help="one part")
    options = parser.parse_args()
    messages = 40 if options.quick else options.messages
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    print_machine("aiohttp", "aiosmtplib")
    with working_folder(options.folder) as folder:
        for kind in ("webhook", "mail"):
            if options.only in (None, kind):
                measure_kind(folder, kind, messages)
        if options.only == "crawl" or (options.only is None and not options.quick):
            os.sched_setaffinity(0, cores)
            measure_beside_crawl(folder, options.feeds, 30)
    print_load()


def measure_kind(folder: Path, kind: str, messages: int) -> None:
    """The dispatcher and the bare loop, one after the other."""
    with running_sink(kind) as port:
        archive = fill(folder / f"{kind}.db", {"live": messages})
        try:
            samples = sample(archive)
            ours = asyncio.run(send_all(archive, {"live": make_channel(kind, port)}, messages))
        finally:
            archive.close()
        bare = asyncio.run({"webhook": post_barely, "mail": mail_barely}[kind](samples, port, messages))
    goal = {"webhook": "≥ 400", "mail": "≥ 150"}[kind]
    print_figure(f"{kind}: dispatcher", [ours.rate], "messages/s", goal)
    print_figure(f"{kind}: dispatcher, for each second of CPU", [ours.rate_of_core], "messages")
    print_figure(f"{kind}: dispatcher, memory grown by at most", [ours.grown_bytes / 2**20], "MiB")
    print_figure(f"{kind}: bare loop, nothing read or recorded", [bare.rate], "messages/s")
    print_figure(f"{kind}: bare loop, for each second of CPU", [bare.rate_of_core], "messages")


def measure_beside_crawl(folder: Path, feeds: int, entries: int) -> None:
    """A first poll at full speed, of which a webhook is told: from each alert, made as its article is written, to the receiver."""
    log = folder / "heard.txt"
    with running_sink("webhook", log) as hook, running_site(SitePlan(hosts(feeds), make_answers, (0, feeds, entries))) as site:
        config = write_config(folder, [f"http://{host}:{site.port}/feed/{feed}" for feed, host in enumerate(hosts(feeds))])
        told = f"""[alerts]
first_poll = "alert"
per = "article"
[[topics]]
name = "told"
query = "title:{_choose_word(feeds * entries)}"
notify = ["hook"]
[channels.hook]
type = "webhook"
url = "http://127.0.0.1:{hook}/hook"
"""
        config.write_text(config.read_text(encoding="utf-8") + told, encoding="utf-8")
        run = run_program(config, "poll", "--json")
    heard = dict(line.split() for line in log.read_text(encoding="utf-8").splitlines())
    rows = ArchiveReader(folder / "archive.db").report_alerts().alerts
    made = {one.delivery_id: alert.created_at for alert in rows for one in alert.deliveries}
    delays = [float(heard[name]) - moment.timestamp() for name, moment in made.items()]
    print(f"{len(delays)} of {run.summary['articles']['new']} articles were told, in {run.summary['seconds']:.0f} s of crawling")
    for share, name in ((0.5, "median"), (0.95, "95 %"), (1.0, "longest")):
        goal = "< 1" if share == 0.95 else ""
        print_figure(f"beside a crawl: from article to receiver, {name}", [percentile(delays, share)], "s", goal)


def _choose_word(articles: int) -> str:
    """A word that about one in twenty of the invented titles holds."""
    counted = Counter(word for number in range(articles) for word in make_title(random.Random(f"title {number}")).lower().split())
    return min((word for word in counted if word.isalpha() and len(word) > 5), key=lambda word: abs(counted[word] - articles / 20))


def make_channel(kind: str, port: int, name: str = "live") -> Channel:
    """A channel that leads to that port."""
    if kind == "webhook":
        return WebhookChannel(name, f"http://127.0.0.1:{port}/hook", SECRET)
    return EmailChannel(name, "127.0.0.1", port, "opportunistic", "quivive@bench.example", ("a@bench.example",))


def fill(path: Path, counts: dict[str, int]) -> Archive:
    """An archive in which so many deliveries wait for each channel: each of an article of its own."""
    topics = [Topic(name, name, (name,)) for name in counts]
    watch = Watch(Matcher(topics, {}), {topic.name: topic.notify for topic in topics}, silent_first_poll=False)
    archive = Archive(path, watch)
    archive.sync(watch, [SourceSpec(FEED, articles=ArticlesMode.FEED)], QUARTER, now()).result()
    titles = [f"{name} {number}" for name, count in counts.items() for number in range(count)]
    for start in range(0, len(titles), 100):
        bring(archive, *titles[start : start + 100]).result()
    return archive


async def send_all(archive: Archive, channels: dict[str, Channel], messages: int) -> Pace:
    """Send from the archive, with a look each second as in the daemon, until so many messages to `live` are recorded."""
    done = asyncio.Event()
    sent = 0

    def count(channel: str, _result: AttemptResult) -> None:
        nonlocal sent
        sent += channel == "live"
        if sent == messages:
            done.set()

    dispatcher = Dispatcher(channels, archive, now, ENGLISH, count)
    process = psutil.Process()
    before = highest = process.memory_info().rss
    started, cpu = time.perf_counter(), time.process_time()
    while not done.is_set():
        await dispatcher.deliver_due()
        try:
            await asyncio.wait_for(done.wait(), 1)
        except TimeoutError:
            highest = max(highest, process.memory_info().rss)
    pace = Pace(messages, time.perf_counter() - started, time.process_time() - cpu, highest - before)
    await dispatcher.stop(0)
    return pace


def sample(archive: Archive) -> list[Bundle]:
    """The first messages, sealed as the dispatcher would; they stay due."""
    archive.seal_messages("live", Policy(), now(), SAMPLES).result()
    return archive.due_messages("live", now(), SAMPLES, ())


async def post_barely(samples: Sequence[Bundle], port: int, messages: int) -> Pace:
    """POST the bodies, signed, over connections that are kept."""
    bodies = [message for bundle in samples for message in render_messages(bundle)]
    signer = Webhook(SECRET)
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        async def send(number: int) -> None:
            webhook_id, body = bodies[number % len(bodies)]
            signature = signer.sign(webhook_id, now(), body.decode())
            headers = {"webhook-id": webhook_id, "webhook-timestamp": "0", "webhook-signature": signature}
            async with session.post(f"http://127.0.0.1:{port}/hook", data=body, headers=headers) as response:
                response.raise_for_status()

        return await _repeat(send, messages)


async def mail_barely(samples: Sequence[Bundle], port: int, messages: int) -> Pace:
    """Make and send the mails, over as many sessions as are under way at once."""
    writer, sender, recipient = LetterWriter(ENGLISH), parse_mail_address("quivive@bench.example"), parse_mail_address("a@bench.example")
    clients = [aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="localhost") for _ in range(AT_ONCE)]
    for client in clients:
        await client.connect()
    idle = list(clients)

    async def send(number: int) -> None:
        client = idle.pop()
        letter = email_bytes(writer.render_email(samples[number % len(samples)], sender, [recipient], now()), utf8=False)
        await client.sendmail(sender.spec, [recipient.spec], letter)
        idle.append(client)

    pace = await _repeat(send, messages)
    for client in clients:
        client.close()
    return pace


async def _repeat(send: Callable[[int], Awaitable[None]], messages: int) -> Pace:
    numbers = iter(range(messages))

    async def work() -> None:
        for number in numbers:
            await send(number)

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return Pace(messages, time.perf_counter() - started, time.process_time() - cpu)


if __name__ == "__main__":
    main()
