"""``python -m tongzhou``: make sure of the environment, then hand over to the command line."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the first thing said, before any newer syntax is read
    sys.exit(
        f"同舟需要 Python 3.11 或更新的版本，现在是 {sys.version.split()[0]}。\n"
        f"Tongzhou needs Python 3.11 or newer; this is {sys.version.split()[0]}."
    )

if not __package__:  # started as a file, e.g. by the launcher: the package is not on the path yet
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from tongzhou.launch.start import start

if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
