"""What the tests of the rules share: the shipped `deadlines.yaml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.core.obligation import Register
from scheduler.deadlines import read_register


@pytest.fixture(scope="session")
def register() -> Register:
    """What the shipped file declares."""
    return read_register(Path(__file__).resolve().parents[2] / "deadlines.yaml")
