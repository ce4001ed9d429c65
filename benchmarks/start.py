"""How soon a command answers: whole processes, beside an interpreter that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {
    "--help": ["-m", "scheduler", "--help"],
    "list": ["-m", "scheduler", "list", "--workspace", str(ROOT)],
    "import typer": ["-c", "import typer"],
}


def measure(runs: int = 9) -> None:
    """Print the median seconds of each command and its ratio to `python -c pass`."""
    floor = seconds(["-c", "pass"], runs)
    print(f"  python -c pass    {floor:7.3f} s")
    for name, arguments in COMMANDS.items():
        median = seconds(arguments, runs)
        print(f"  {name:<17} {median:7.3f} s   {median / floor:5.1f} x")


def seconds(arguments: list[str], runs: int) -> float:
    """Return the median wall time of a Python process, after one that warms the disk's cache."""
    times = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])
