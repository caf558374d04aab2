"""`poll` beside a running daemon, which does it, since one program writes an archive at a time. `Desk` takes requests, `ask` makes them."""

from quivive.beside.asking import ask
from quivive.beside.desk import Desk
from quivive.beside.messages import Progress

__all__ = ["Desk", "Progress", "ask"]
