"""One question put to a topic and to an archive, in a process that is killed when the answer takes too much time or memory.

ask("(otan OR nato) drone", "L’OTAN achète des drones")  ->  Answer(held=[0], found=[0])
ask("(" * 1000, "…")                                     ->  Answer(refused="parentheses are nested too deeply; …")
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

from news.errors import QueryError
from news.query import Matcher, parse_query
from news.text import analyse_article
from news.topics import Entity, Topic
from storage import SearchRequest
from tests import ready_made
from tests.desk import A, Desk, entry

CPU_SECONDS = 20
"""Several times what the slowest question takes; a blow-up takes minutes."""
MEMORY_BYTES = 1_500_000_000
"""Of address space, beyond what the program has before it is asked."""
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Answer:
    """The numbers of the texts that the query holds for as a topic, and of those that a search finds; or why it was refused."""

    held: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    refused: str | None = None


def ask(query: str, *texts: str, names: Mapping[str, Sequence[str]] | None = None) -> Answer:
    """What another process answers, that knows entities of these names. It fails where that process fails or is killed."""
    question = json.dumps({"query": query, "texts": texts, "names": names or {}})
    with ExitStack() as until_answered:
        asked, answered, said = (until_answered.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        asked.write(question.encode())
        asked.seek(0)
        streams = (asked.fileno(), answered.fileno(), said.fileno())
        status = ready_made.start("tests.one_question", [], _ROOT, os.environ, streams).wait()
        answer, complaint = (_read_whole(stream) for stream in (answered, said))
    assert status == 0, f"the process ended with {status}: {complaint[-2000:]}"
    return Answer(**json.loads(answer))


def _read_whole(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()


def _answer(query: str, texts: Sequence[str], names: Mapping[str, Sequence[str]]) -> Answer:
    entities = {key: Entity(key, tuple(own)) for key, own in names.items()}
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder) / "archive.db", topics=[]) as desk:
        desk.watch(A)
        desk.poll(A, *(entry(str(number), f"https://a.example/{number}", summary=text) for number, text in enumerate(texts)))
        _limit()
        try:
            matcher = Matcher([Topic("hostile", query, ("hook",))], entities)
            request = SearchRequest(parse_query(query, entities), limit=len(texts))
        except QueryError as error:
            return Answer(refused=error.message)
        held = [number for number, text in enumerate(texts) if matcher.match(analyse_article(str(number), text))]
        found = [int(one.article.title) for one in desk.archive.search(request).articles]
        return Answer(held, sorted(found))


def _limit() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    memory = pages * resource.getpagesize() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def main() -> None:
    """Reads a question and writes the answer."""
    json.dump(asdict(_answer(**json.load(sys.stdin))), sys.stdout)


if __name__ == "__main__":
    main()
