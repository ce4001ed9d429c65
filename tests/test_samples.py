"""The committed templates and workbooks are what the project's own scripts make."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(("script", "folder"), [("make_templates.py", "templates"), ("make_workbooks.py", "data")])
def test_the_scripts_make_what_is_committed(script: str, folder: str) -> None:
    command = [sys.executable, ROOT / "tools" / script, "--check", ROOT / folder]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
