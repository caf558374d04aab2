"""The program's first lines: the command `quivive`, and `python -m quivive`.

Nothing but what they need is imported before they have run. Guarded, since worker processes are spawned: each imports this module again
under another name and must not run the program.
"""

from __future__ import annotations

from quivive.collector import calm_collector, collect_no_more
from quivive.signals import own_signals
from quivive.standard_streams import repair_streams


def main() -> None:
    """Own the signals, make sure of standard input and output, and run the command line."""
    own_signals()
    calm_collector()
    repair_streams()
    from quivive.cli import main as run_command_line  # noqa: PLC0415  # it brings much, and signals come when they like

    try:
        run_command_line()
    finally:
        collect_no_more()


if __name__ == "__main__":
    main()
