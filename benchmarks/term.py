"""The whole term of the shipped convention on a false clock: occurrences, drafts and mails for each second."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.start import seconds

ROOT = Path(__file__).resolve().parents[1]
TERM = ["--from", "2024-02-16", "--to", "2027-03-31"]


def measure() -> None:
    """Print what one simulation of the term does and how fast."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        command = [sys.executable, "-m", "scheduler", "simulate", "--workspace", str(ROOT), "--json", "--out", str(out)]
        began = time.perf_counter()
        result = subprocess.run([*command, *TERM], check=False, capture_output=True, cwd=ROOT)  # one draft waits: 1
        took = time.perf_counter() - began
        reports = json.loads(result.stdout)
        drafts = sum(1 for _ in (out / "drafts").rglob("*.docx"))
    keys = {"/".join(action["key"].split("/")[:2]) for report in reports for action in report["actions"]}
    mails = sum(len(report["mails"]) for report in reports)
    print(f"  whole term {took:6.1f} s, {took / seconds(['-c', 'pass'], 3):.0f} x python -c pass")
    for name, count in (("occurrences", len(keys)), ("drafts", drafts), ("mails", mails)):
        print(f"  {name:<12} {count:5}   {count / took:7.1f} /s")
