"""`poll` beside a running daemon, which does it, since one program writes an archive at a time.

`ask` makes requests; `Desk` takes them, and brings all that polls: so the daemon imports it from its own module.
"""

from quivive.beside.asking import ask
from quivive.beside.messages import Progress

__all__ = ["Progress", "ask"]
