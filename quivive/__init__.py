"""The running program: configuration, wiring, jobs, daemon, command line and demonstration.

The only room that knows all the others, and the only one that reads the clock, the environment and signals.

In a wheel the other rooms lie under this one, in `_rooms`: as folders of their own beside it, `news` or `storage` would overwrite, or be
overwritten by, those of any other distribution. In the repository there is no such folder, and they are found beside this one.
"""

import os
import sys

_ROOMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_rooms")  # noqa: PTH100, PTH118, PTH120  # pathlib costs every start
if os.path.isdir(_ROOMS):  # noqa: PTH112  # as above
    sys.path.insert(0, _ROOMS)
