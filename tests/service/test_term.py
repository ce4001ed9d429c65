"""The term of the shipped convention on a false clock, through the command, with real workbooks and templates.

Its last half-year and what is owed after it; `SCADENZARIO_TERM=whole` goes through all of it, from February 2024.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from scheduler.core.occurrence import all_occurrences, milestone_at
from scheduler.deadlines import read_register
from scheduler.documents.package import document_text
from tests.conftest import ROOT

WHOLE = os.environ.get("SCADENZARIO_TERM") == "whole"
START, END = "2024-02-16" if WHOLE else "2026-07-01", "2027-03-31"
MONTHS = 37 if WHOLE else 9
WAITING = "elenco-personale-mensile/2026-09/draft-8d"  # a centre is missing in that month's list, on purpose


def simulate(out: Path, since: str, until: str, *options: str) -> subprocess.Popen[bytes]:
    """Start a simulation whose JSON goes into a file beside its folder."""
    command = [sys.executable, "-m", "scheduler", "simulate", "--workspace", str(ROOT), "--json"]
    command += ["--from", since, "--to", until, "--out", str(out), *options]
    with (out.parent / f"{out.name}.json").open("wb") as output:
        return subprocess.Popen(command, stdout=output, cwd=ROOT)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The term, its first months once more, and months in which everything is filed in time.

    They are run once, also where several processes share the tests.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "term"
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            run_all(folder)
    return folder


def run_all(folder: Path) -> None:
    folder.mkdir()
    running = [
        simulate(folder / "whole", START, END),
        simulate(folder / "again", START, "2024-06-30" if WHOLE else "2026-08-31"),
        simulate(folder / "filed", "2025-01-01", "2025-06-30" if WHOLE else "2025-03-31", "--filed-on-target"),
    ]
    assert [process.wait() for process in running] == [1, 0, 0], "the first has a draft that waits to the end"


@pytest.fixture(scope="module")
def reports(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "whole.json").read_text("utf-8"))


def test_every_milestone_of_every_occurrence_exactly_once_and_never_early(reports: list[dict[str, Any]]) -> None:
    register = read_register(ROOT / "deadlines.yaml")
    start = datetime.fromisoformat(START).replace(tzinfo=register.workdays.zone).astimezone(UTC)
    end = datetime(2027, 3, 31, 22, tzinfo=UTC)
    expected = {
        f"{item.key}/{milestone.key}": milestone_at(item, milestone, register.workdays)
        for item in all_occurrences(register.obligations, register.workdays)
        if item.legal_due_on >= date.fromisoformat(START)
        for milestone in item.obligation.milestones
        if milestone_at(item, milestone, register.workdays) < end
    }
    accounted: Counter[str] = Counter()
    for report in reports:
        for action in report["actions"]:
            if action["key"] == WAITING and accounted[WAITING]:
                continue  # it is tried again
            for key in {action["key"], *action["supersedes"]} & set(expected):
                accounted[key] += 1
                assert datetime.fromisoformat(report["at"]) >= expected[key]
                on_time = max(expected[key], start)
                assert datetime.fromisoformat(report["at"]) == on_time, key
    assert accounted == Counter(dict.fromkeys(expected, 1))


def test_one_draft_waits_for_its_data_nothing_else_fails_and_every_mail_leaves_once(
    reports: list[dict[str, Any]],
) -> None:
    actions = [action for report in reports for action in report["actions"]]
    others = {action["outcome"] for action in actions if action["key"] != WAITING}
    assert others <= {"performed", "superseded"}
    waiting = [action for action in actions if action["key"] == WAITING]
    assert {action["outcome"] for action in waiting} == {"failed"}
    assert {len(action["problems"]) for action in waiting} == {1}
    assert all("«CPI 07»" in action["problems"][0] for action in waiting)
    told = [mail for report in reports for mail in report["mails"] if mail["action"].startswith(WAITING)]
    assert [mail["subject"].split(" – ")[0] for mail in told] == ["Bozza non prodotta", "Dati da correggere"]
    mails = [mail for report in reports for mail in report["mails"]]
    assert {mail["state"] for mail in mails} == {"sent"}
    assert max(Counter(mail["message_id"] for mail in mails).values()) == 1
    assert len(mails) > 18 * MONTHS


def test_the_tail_report_of_2026_is_drafted_after_the_term(folder: Path, reports: list[dict[str, Any]]) -> None:
    [at] = [
        report["at"]
        for report in reports
        for action in report["actions"]
        if action["key"] == "costi-personale-annuale/2026/draft-20d"
    ]
    assert at == "2027-02-09T08:00:00+00:00"
    path = "costi-personale-annuale/2026/costi-personale-annuale-2026-v1.docx"
    drafted = document_text((folder / "whole" / "drafts" / path).read_bytes())
    assert "1° marzo 2027" in drafted
    assert "8.875.445,71" in drafted, "the year's cost of the sample, line ex Madia"
    assert "da confermare" in drafted, "2026's amount for ex Madia was not stated"


def test_the_same_start_gives_the_same_bytes(folder: Path) -> None:
    again = folder / "again"
    files = [path.relative_to(again) for path in again.rglob("*") if path.is_file()]
    assert len(files) > 50
    different = [str(item) for item in files if (folder / "whole" / item).read_bytes() != (again / item).read_bytes()]
    assert different == []


def test_what_is_filed_in_time_is_never_called_late(folder: Path) -> None:
    reports = json.loads((folder / "filed.json").read_text("utf-8"))
    keys = [action["key"] for report in reports for action in report["actions"]]
    assert len(keys) > 20
    assert not [key for key in keys if "overdue" in key or "escalation" in key]


def test_every_draft_is_whole(folder: Path) -> None:
    drafts = list((folder / "whole" / "drafts").rglob("*.docx"))
    assert len(drafts) > 6 * MONTHS
    for path in drafts:
        content = document_text(path.read_bytes())
        assert "Città metropolitana di Milano" in content, path
        for leftover in ("{{", "{%", "None", "nan ", "Undefined"):
            assert leftover not in content, path


def test_mails_say_what_an_official_needs_and_no_more(folder: Path) -> None:
    kinds: Counter[str] = Counter()
    for path in sorted((folder / "whole" / "mail").rglob("*.eml")):
        if path.name.startswith("alive_"):
            continue
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        plain = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # every mail has one
        kind = path.stem.rsplit(".", 1)[0].rsplit("_", 1)[1].rstrip("0123456789dw").rstrip("+-")
        kinds[kind] += 1
        assert message["Auto-Submitted"] == "auto-generated"
        assert "Matricola: 0" not in plain
        assert "Termine di legge" in plain
        attached = [item.get_filename() for item in message.iter_attachments()]
        assert bool(attached) == (kind in ("draft", "request")), path
    assert set(kinds) == {"draft", "request", "reminder", "overdue", "escalation", "trouble", "mend"}
    assert kinds["trouble"] == kinds["mend"] == 1
