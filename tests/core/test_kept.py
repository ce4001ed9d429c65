"""Which files may go: a table of cases, and what never goes whatever the ledger holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.kept import KeptFile, KeptKind, input_path, may_go, months_before

BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = BEFORE - timedelta(seconds=1), BEFORE
CLOSED, OPEN = "costi/2024", "costi/2025"


V1, B = "drafts/costi/2024/report-v1.docx", f"inputs/{'b' * 64}"


def closed(key: str) -> bool:
    return key == CLOSED


def mail(at: datetime = OLD, key: str = CLOSED, *, over: bool = True, path: str = "mail/a.eml") -> KeptFile:
    return KeptFile(KeptKind.MAIL, path, "a" * 64, at, key, over=over)


def draft(version: int, at: datetime = OLD, key: str = CLOSED, document: str = "report") -> KeptFile:
    path = f"drafts/{key}/{document}-v{version}.docx"
    return KeptFile(KeptKind.DRAFT, path, f"{version}" * 64, at, key, document, version)


def proof(sha256: str = "e" * 64, path: str = "evidence/x.eml") -> KeptFile:
    return KeptFile(KeptKind.EVIDENCE, path, sha256, OLD, CLOSED)


def workbook(version: int, sha256: str = "b" * 64, key: str = CLOSED, document: str = "report") -> KeptFile:
    """What a version of a document was made of."""
    return KeptFile(KeptKind.INPUT, input_path(sha256), sha256, OLD, key, document, version)


CASES = [
    ([mail()], ["mail/a.eml"]),
    ([mail(NEW)], []),
    ([mail(over=False)], []),
    ([mail(key=OPEN)], []),
    ([mail(key="")], ["mail/a.eml"]),
    ([draft(1)], []),
    ([draft(1), draft(2)], [V1]),
    ([draft(2), draft(1)], [V1]),
    ([draft(1), draft(2, NEW)], [V1]),
    ([draft(1, NEW), draft(2, NEW)], []),
    ([draft(1), draft(2, document="letter")], []),
    ([draft(1, key=OPEN), draft(2, key=OPEN)], []),
    ([proof()], []),
    ([draft(1), draft(2), proof("1" * 64)], []),
    ([draft(1), draft(2), proof(path="drafts/costi/2024/report-v1.docx")], []),
    ([mail(), mail(NEW)], []),
    ([mail(), mail()], ["mail/a.eml", "mail/a.eml"]),
    ([draft(1), workbook(1)], []),
    ([draft(1), workbook(1), draft(2)], [V1, B]),
    ([draft(1), workbook(1), draft(2), workbook(2)], [V1]),
    (
        [draft(1), workbook(1), draft(2), workbook(2, "c" * 64)],
        [V1, B],
    ),
    (
        [draft(1), workbook(1), draft(2), draft(1, key=OPEN), workbook(1, key=OPEN)],
        [V1],
    ),
    ([draft(1), workbook(1), draft(2), proof("1" * 64)], []),
    ([draft(1, NEW), workbook(1), draft(2, NEW)], []),
]


@pytest.mark.parametrize(("files", "going"), CASES)
def test_what_goes(files: list[KeptFile], going: list[str]) -> None:
    assert [item.path for item in may_go(files, closed, BEFORE)] == going


FILES = st.lists(
    st.one_of(
        st.builds(mail, st.sampled_from([OLD, NEW]), st.sampled_from([CLOSED, OPEN, ""]), over=st.booleans()),
        st.builds(draft, st.integers(1, 4), st.sampled_from([OLD, NEW]), st.sampled_from([CLOSED, OPEN])),
        st.builds(workbook, st.integers(1, 4), st.sampled_from(["1" * 64, "b" * 64]), st.sampled_from([CLOSED, OPEN])),
        st.builds(proof, st.sampled_from(["1" * 64, "e" * 64]), st.sampled_from(["evidence/x", "mail/a.eml"])),
    ),
    max_size=12,
)


@given(FILES)
def test_whatever_the_ledger_holds(files: list[KeptFile]) -> None:
    going = may_go(files, closed, BEFORE)
    left = [item for item in files if item not in going]
    paths = {item.path for item in going}
    assert not paths & {item.path for item in left}
    assert all(item.occurrence_key != OPEN and item.at < BEFORE for item in going)
    for item in files:
        if item.kind is KeptKind.EVIDENCE:
            assert item.path not in paths
        version = (item.occurrence_key, item.document, item.version)
        if item.kind is KeptKind.INPUT and item in going:
            stay = [other for other in left if other.kind is KeptKind.DRAFT]
            assert version not in [(other.occurrence_key, other.document, other.version) for other in stay]
        if item.kind is KeptKind.DRAFT:
            versions = [
                other.version
                for other in files
                if other.kind is KeptKind.DRAFT and other.occurrence_key == item.occurrence_key
            ]
            assert item.version < max(versions) or item not in going
    assert may_go(left, closed, BEFORE) == (), "one pass is enough"


@pytest.mark.parametrize(
    ("now", "months", "expected"),
    [
        (datetime(2026, 3, 31, 8, 30, tzinfo=UTC), 1, datetime(2026, 2, 28, 8, 30, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), 12, datetime(2025, 1, 15, tzinfo=UTC)),
        (datetime(2026, 1, 15, tzinfo=UTC), 1200, datetime(1926, 1, 15, tzinfo=UTC)),
    ],
)
def test_months_before(now: datetime, months: int, expected: datetime) -> None:
    assert months_before(now, months) == expected
