"""Each hostile template is refused, and each hostile value printed, in time and in little memory, beside other work."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.documents.package import document_text
from scheduler.errors import TemplateError
from scheduler.service.press import Press
from tests.documents.test_hazards import INSTRUCTIONS, PACKAGES, VALUES
from tests.documents.word import docx, p
from tests.service.waiting import wait_for

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
LETTER = docx(p("{{ x }}"))
SECONDS, MEMORY = 5, 500_000_000  # the most for any one of them


@pytest.fixture
def press() -> Iterator[Press]:
    press = Press(seconds=SECONDS)
    yield press
    press.close()


def written(body: str) -> bytes:
    return docx(p(body.replace("<", "&lt;").replace(">", "&gt;")))


HOSTILE = {
    **PACKAGES,
    **{name: (written(body), message) for name, (body, message) in INSTRUCTIONS.items()},
}


def most_memory(press: Press) -> int:
    """The most bytes that the process which fills has had in memory at any time."""
    assert press._child is not None
    status = Path(f"/proc/{press._child._process.pid}/status")
    if not status.exists():
        pytest.skip("the system does not tell how much memory a process had")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii"))
    assert found
    return int(found[1]) * 1024


class Office:
    """Somebody who has ordinary letters filled, one after the other, as long as the block lasts."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._press = Press()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Office:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._press.close()

    def _work(self) -> None:
        while not self._over.is_set():
            made = self._press.filled(LETTER, "lettera", {"x": f"n. {len(self.made)}"}, AT, "it")
            self.made.append(document_text(made))


def test_all_of_them_at_the_expense_of_nobody(press: Press) -> None:
    press.filled(LETTER, "lettera", {"x": "a"}, AT, "it")
    first = press._child
    with Office() as office:
        wait_for(lambda: bool(office.made))
        before = len(office.made)
        for name, (template, message) in HOSTILE.items():
            began = time.monotonic()
            with pytest.raises(TemplateError, match=message):
                press.filled(template, "templates/t.docx", {"x": "a", "righe": [1]}, AT, "it")
            assert time.monotonic() - began < SECONDS, name
        for value in VALUES:
            assert document_text(press.filled(LETTER, "t", {"x": value}, AT, "it")) == value
    assert press._child is first, "none of them has ended the process"
    assert most_memory(press) < MEMORY
    assert len(HOSTILE) + len(VALUES) >= 30
    assert len(office.made) > before
    assert office.made == [f"n. {number}" for number in range(len(office.made))]
