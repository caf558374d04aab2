"""A webhook's receiver as somebody else would write it, from the Standard Webhooks specification and docs/delivery.md alone.

It is a program of its own and imports nothing of this project:

    python tests/receiver.py --journal received.jsonl --secret whsec_… --moods 7

It prints the port it listens at, verifies every request, acts once for each `webhook-id`, and writes a line of JSON for each request that
it has acted on, before it answers. With `--moods` it is as bad as receivers are, by the chance of that seed: it refuses, keeps and then
hangs up, keeps and then answers with an error, is late, is busy. On SIGTERM it prints a report as JSON, and ends.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import random
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOLERANCE_SECONDS = 300
"""How far a timestamp may be off; `--tolerance` says another, for a sender whose clock is moved by hand."""
MOODS = ("well", "well", "refuse", "keep and hang up", "keep and fail", "late", "busy", "hang up")
UNREAD = {"refuse": 500, "busy": 503, "hang up": 0}
"""What is answered by moods in which it looks at nothing."""


class Refused(Exception):
    """What was sent does not verify; the text says why."""


def verify(secrets: list[str], headers: dict[str, str], body: bytes, now: float, tolerance: int = TOLERANCE_SECONDS) -> str:
    """The id of a message that one of the secrets has signed not long ago."""
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        if not headers.get(name):
            raise Refused(f"{name} is missing")
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if "." in message_id or not timestamp.isdigit():
        raise Refused("the id holds a full stop, or the timestamp is no number")
    if abs(now - int(timestamp)) > tolerance:
        raise Refused("the timestamp is too old, or of the future")
    signed = b".".join([message_id.encode(), timestamp.encode(), body])
    given = [one.partition(",")[2] for one in headers["webhook-signature"].split(" ") if one.startswith("v1,")]
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_") + "==")
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if any(hmac.compare_digest(expected, one) for one in given):
            return message_id
    raise Refused("no signature agrees")


class Receiver:
    """What was taken, by its id, and how often each came."""

    def __init__(self, journal: str, secrets: list[str], seed: int | None = None, tolerance: int = TOLERANCE_SECONDS) -> None:
        self._lock = threading.Lock()
        self._journal = Path(journal).open("a+b", buffering=0)  # noqa: SIM115  # for as long as the program runs
        self._secrets = secrets
        self._tolerance = tolerance
        self._chance = random.Random(seed) if seed is not None else None
        self._bodies: dict[str, str] = {}
        self.repeats = 0
        self.refused: list[str] = []
        self.changed: list[str] = []
        """Ids that came again with another body."""
        self._journal.seek(0)
        for line in self._journal:
            kept = json.loads(line)
            self._bodies[kept["id"]] = kept["sha256"]

    def mood(self) -> str:
        with self._lock:
            return self._chance.choice(MOODS) if self._chance else "well"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status to answer with. What is answered 2xx is on disk."""
        try:
            message_id = verify(self._secrets, headers, body, time.time(), self._tolerance)
            message = json.loads(body)
        except (Refused, ValueError) as error:
            with self._lock:
                self.refused.append(str(error))
            return 400
        digest = hashlib.sha256(body).hexdigest()
        with self._lock:
            if message_id in self._bodies:
                self.repeats += 1
                if self._bodies[message_id] != digest:
                    self.changed.append(message_id)
                return 200
            self._journal.write(json.dumps({"id": message_id, "sha256": digest, "message": message}).encode() + b"\n")
            os.fsync(self._journal.fileno())
            self._bodies[message_id] = digest
        return 200

    def report(self) -> str:
        return json.dumps({"taken": len(self._bodies), "repeats": self.repeats, "refused": self.refused, "changed": self.changed})


def make_handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    """What answers requests for the receiver."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            mood = receiver.mood()
            status = UNREAD[mood] if mood in UNREAD else receiver.take(headers, body)
            if mood == "late":
                time.sleep(0.05)
            if mood in ("hang up", "keep and hang up"):
                self.close_connection = True
            elif mood == "keep and fail" and status == 200:
                self._answer(502)
            else:
                self._answer(status)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            if status == 503:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """It keeps a journal, and prints nothing of each request."""

    return Handler


def main() -> None:
    """Receive until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--journal", required=True)
    parser.add_argument("--secret", action="append", required=True)
    parser.add_argument("--moods", type=int)
    parser.add_argument("--tolerance", type=int, default=TOLERANCE_SECONDS)
    arguments = parser.parse_args()
    receiver = Receiver(arguments.journal, arguments.secret, arguments.moods, arguments.tolerance)
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(receiver))
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(server.server_address[1], flush=True)  # noqa: T201  # whoever started it reads it
    server.serve_forever(poll_interval=0.05)
    print(receiver.report(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
