"""What is remembered of a source while something is wrong with it, as it stands in its row."""

from __future__ import annotations

import json

from news.health import Trouble, Verdict
from news.sources import SourceStatus
from storage.file.times import from_text, to_text


def trouble_text(trouble: Trouble | None) -> str | None:
    """A trouble as JSON; None for none."""
    if trouble is None:
        return None
    kept = {"polls": trouble.polls, "verdict": trouble.verdict, "same": trouble.same, "told": trouble.told}
    return json.dumps({"since": to_text(trouble.since), **kept})


def read_trouble(text: str | None) -> Trouble | None:
    """The trouble that `trouble_text` wrote."""
    if text is None:
        return None
    kept = json.loads(text)
    return Trouble(from_text(kept["since"]), kept["polls"], Verdict(kept["verdict"]), kept["same"], SourceStatus(kept["told"]))
