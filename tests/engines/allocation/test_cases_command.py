"""All 71 exact cases through the command line: `plan`, then `check`; a handful as separate processes."""

import json
import subprocess
import sys

import pytest
from planned import Tables, write_inputs
from test_cases import CASES, assert_as_expected

from tongzhou.cli.main import run
from tongzhou_engines.testing import Instance, assert_lawful, assert_optimal

NAMES = [case["name"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_in_process(case, tmp_path, capsys):
    instance = Instance.from_case(case)
    out = tmp_path / "plan"
    assert run(["plan", *write_inputs(instance, tmp_path), "--out", str(out)]) == 0, capsys.readouterr()
    tables = Tables(out)
    assert_as_expected(tables, case)
    assert_lawful(tables, instance)
    assert_optimal(tables, instance)
    assert run(["check", str(out)]) == 0, capsys.readouterr()


@pytest.mark.parametrize("case", CASES[:3] + CASES[40:42], ids=NAMES[:3] + NAMES[40:42])
def test_as_processes(case, tmp_path):
    out = tmp_path / "plan"
    words = [sys.executable, "-m", "tongzhou"]
    options = write_inputs(Instance.from_case(case), tmp_path)
    planned = subprocess.run([*words, "plan", *options, "--out", str(out)], capture_output=True, check=False)
    assert planned.returncode == 0, planned.stderr.decode()
    assert_as_expected(Tables(out), case)
    assert subprocess.run([*words, "check", str(out)], capture_output=True, check=False).returncode == 0
    told = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    told["inputs"]["inputs/needs.csv"] = "0" * 64
    (out / "plan.json").write_text(json.dumps(told), encoding="utf-8")
    refused = subprocess.run([*words, "check", str(out)], capture_output=True, check=False)
    assert refused.returncode == 1
    assert "needs.csv" in (refused.stdout + refused.stderr).decode()
