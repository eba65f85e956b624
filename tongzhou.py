"""``python -m tongzhou`` at the root of a checkout, where there is no sh: the package itself lies in src/."""

import sys
from os.path import abspath, dirname, join

sys.path.insert(0, join(dirname(abspath(__file__)), "src"))

if __name__ == "__main__":
    import runpy

    runpy.run_module("tongzhou", run_name="__main__", alter_sys=True)
else:  # imported from the root of a checkout: step aside for the package of the same name
    import importlib

    del sys.modules["tongzhou"]
    importlib.import_module("tongzhou")
