"""The JSON of `status`: how the watch stands, and what needs care."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from news.answers import ArchiveStatus, Gap, PageTrouble, Waiting
from news.care import Care, Delays
from news.rebuilding import RebuildingProgress
from quivive.cli.json_answers import JsonObject, optional_time_json, problem_json, time_json


def status_json(status: ArchiveStatus, page_troubles: Sequence[PageTrouble]) -> JsonObject:
    """What `status --json` prints."""
    contents = status.contents
    return {
        "archive": status.path,
        "bytes": status.size_bytes,
        "writer_pid": status.writer_pid,
        "waiting": None if status.waiting is None else _waiting_json(status.waiting),
        "rebuilding": None if contents.rebuilding is None else _rebuilding_json(contents.rebuilding),
        "sources": asdict(contents.sources),
        "overdue_seconds": round(contents.overdue.total_seconds(), 1),
        "last_poll_at": optional_time_json(contents.last_poll_at),
        "articles": asdict(contents.articles),
        "gaps": [_gap_json(gap) for gap in contents.gaps],
        "pages": asdict(contents.pages),
        "alerts": asdict(contents.alerts),
        "deliveries": asdict(contents.deliveries),
        "page_problems": [_page_trouble_json(page) for page in page_troubles],
        "log_bytes": status.log_bytes,
        "alive_at": optional_time_json(status.alive_at),
        **_care_json(status.care),
        "line_down_since": optional_time_json(status.line_down_since),
    }


def _care_json(care: Care) -> JsonObject:
    return {
        "failing": [
            {"source": one.name, "since": optional_time_json(one.since), "failures": one.failures, "error": problem_json(one.problem)}
            for one in care.failing
        ],
        "silent": [
            {"source": one.name, "since": time_json(one.since), "usual_pause_seconds": round(one.usual_pause.total_seconds())}
            for one in care.silent
        ],
        "unread_pages": [
            {"source": one.name, "unread": one.unread, "pages": one.pages, "since": time_json(one.since)} for one in care.unread_pages
        ],
        "overdue": [{"source": one.name, "due_at": time_json(one.due_at)} for one in care.overdue],
        "channels": [
            {
                "channel": one.channel,
                "waiting": one.waiting,
                "dead": one.dead,
                "since": time_json(one.since),
                "reason": one.reason,
                "left_alone_until": optional_time_json(one.left_alone_until),
            }
            for one in care.channels
        ],
        "delays": [_delays_json(one) for one in care.delays],
    }


def _delays_json(delays: Delays) -> JsonObject:
    return {
        "source": delays.source,
        "alerts": delays.alerts,
        "median_seconds": round(delays.median.total_seconds()),
        "p95_seconds": round(delays.slow.total_seconds()),
    }


def _waiting_json(waiting: Waiting) -> JsonObject:
    return {"since": time_json(waiting.since), "reason": waiting.reason}


def _rebuilding_json(progress: RebuildingProgress) -> JsonObject:
    return {"part": progress.part, "percent": progress.percent}


def _gap_json(gap: Gap) -> JsonObject:
    return {
        "source": gap.source,
        "polled_at": time_json(gap.polled_at),
        "message": gap.message,
        "count": gap.count,
        "open": gap.open,
        "problem": None if gap.problem is None else problem_json(gap.problem),
    }


def _page_trouble_json(page: PageTrouble) -> JsonObject:
    return {
        "source": page.source,
        "url": page.url,
        "title": page.title,
        "state": page.state,
        "attempts": page.attempts,
        "next_attempt_at": optional_time_json(page.next_attempt_at),
        "error": problem_json(page.error),
    }
