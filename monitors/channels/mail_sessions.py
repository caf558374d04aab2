"""The sessions with a mail server that are kept for a moment: many letters that are due together need not each greet and log in anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiosmtplib import SMTP

from monitors.channels.smtp import TROUBLE, MailServer, say_goodbye

IDLE_SECONDS = 1.0
"""How long a session waits for the next letter: servers dislike who sits there and says nothing."""
MOST_LETTERS = 100
"""Of one session; many servers end it after as many."""
SECONDS_FOR_A_SIGN = 10.0
"""For the answer by which a kept session shows that it is still one. Else a new one is begun."""


@dataclass(slots=True)
class _Session:
    client: SMTP
    letters: int = 0
    end: asyncio.TimerHandle | None = None
    """What ends it if no letter comes."""


class MailSessions:
    """Belongs to one event loop. Holds as many sessions as letters were under way at once."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._idle: list[_Session] = []
        self._lent: dict[SMTP, _Session] = {}
        self._closed = False

    async def take(self) -> SMTP:
        """A client with no transaction open; raises what `MailServer.connect` does."""
        while self._idle:
            session = self._idle.pop()
            if session.end is not None:
                session.end.cancel()
            if await _still_answers(session.client):
                self._lent[session.client] = session
                return session.client
        client = await self._server.connect()
        self._lent[client] = _Session(client)
        return client

    def give_back(self, client: SMTP, *, is_sound: bool) -> None:
        """After a letter. `is_sound`: the server has answered all that it was told, so that its next answer is to the next question."""
        session = self._lent.pop(client)
        session.letters += 1
        if self._closed or not is_sound or not client.is_connected or session.letters >= MOST_LETTERS:
            say_goodbye(client)
            return
        session.end = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end, session)
        self._idle.append(session)

    def _end(self, session: _Session) -> None:
        self._idle.remove(session)
        say_goodbye(session.client)

    def close(self) -> None:
        """End what is idle, and later what is given back."""
        self._closed = True
        for session in tuple(self._idle):
            if session.end is not None:
                session.end.cancel()
            self._end(session)


async def _still_answers(client: SMTP) -> bool:
    """Whether a kept session is still one. RSET (RFC 5321 §4.1.1.5) also ends what the last letter may have left open."""
    try:
        await client.rset(timeout=SECONDS_FOR_A_SIGN)
    except TROUBLE:
        say_goodbye(client)
        return False
    except BaseException:
        say_goodbye(client)
        raise
    return True
