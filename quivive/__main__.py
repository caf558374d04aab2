"""`python -m quivive`: the same as the command `quivive`.

Guarded, since worker processes are spawned: each imports this module again under another name and must not run the program.
"""

from quivive.cli import main

if __name__ == "__main__":
    main()
