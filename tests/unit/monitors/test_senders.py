"""The senders of the channels, without any network: when each is made, and when it lets go."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from monitors.attempts import Outcome, Progress, TimeLimits, accepted
from monitors.presentation import Presentation
from monitors.senders import Senders
from news.alerts import Bundle
from news.plans import Policy
from tests.outbox import ENGLISH


class Pipe:
    """What sends."""

    def __init__(self) -> None:
        self.is_closed = False

    async def send(self, bundle: Bundle, now: datetime, progress: Progress) -> Outcome:
        return accepted()

    async def close(self) -> None:
        self.is_closed = True


@dataclass
class Post:
    """A channel that remembers its senders."""

    name: str = "post"
    policy: Policy = field(default_factory=Policy)
    made: list[Pipe] = field(default_factory=list)

    def warnings(self) -> list[tuple[str, str]]:
        return []

    def make_sender(self, presentation: Presentation, limits: TimeLimits) -> Pipe:
        self.made.append(Pipe())
        return self.made[-1]


def test_a_sender_serves_all_attempts_until_it_is_retired() -> None:
    async def scene() -> None:
        post, senders = Post(), Senders(TimeLimits())
        for _ in range(2):
            async with senders.lend(post, ENGLISH):
                pass
        assert len(post.made) == 1
        senders.retire(["another"])
        async with senders.lend(post, ENGLISH):
            pass
        assert [one.is_closed for one in post.made] == [False]
        senders.retire(["post"])
        await senders.close_retired()
        async with senders.lend(post, ENGLISH):
            pass
        assert [one.is_closed for one in post.made] == [True, False]

    asyncio.run(scene())


def test_one_that_is_retired_in_an_attempt_lets_go_after_the_last_of_them() -> None:
    async def scene() -> None:
        post, senders = Post(), Senders(TimeLimits())
        async with senders.lend(post, ENGLISH):
            async with senders.lend(post, ENGLISH):
                senders.retire(["post"])
                await senders.close_retired()
            assert not post.made[0].is_closed
        assert post.made[0].is_closed

    asyncio.run(scene())


def test_at_the_end_all_of_them_let_go() -> None:
    async def scene() -> None:
        post, senders = Post(), Senders(TimeLimits())
        async with senders.lend(post, ENGLISH):
            senders.retire(["post"])
            async with senders.lend(post, ENGLISH):
                await senders.close()
                assert [one.is_closed for one in post.made] == [True, True]

    asyncio.run(scene())
