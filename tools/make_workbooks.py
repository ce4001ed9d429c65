"""Writes the sample data of the shipped workspace, the same bytes each time, or says whether a folder holds it."""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from zipfile import BadZipFile

from workbooks.coordination import agenda_files, agreement_files, board_files, pact_files
from workbooks.costs import cost_files, costs_by_month
from workbooks.indicators import indicator_files
from workbooks.planning import course_files, emergo_files
from workbooks.services import gol_files, service_files
from workbooks.sheet import members
from workbooks.staff import staff_by_month, staff_files
from workbooks.strengthening import plan_files, seat_files


def sample_files() -> Iterator[tuple[str, bytes]]:
    """Yield each file of the sample data: its path in the folder, and its content."""
    staff = staff_by_month()
    costs = costs_by_month(staff)
    return chain(
        staff_files(staff),
        cost_files(costs),
        gol_files(),
        service_files(),
        indicator_files(),
        plan_files(),
        seat_files(),
        agenda_files(),
        agreement_files(),
        board_files(staff, costs),
        pact_files(),
        emergo_files(),
        course_files(),
    )


def write(folder: Path) -> str:
    """Write every file under the folder; return how many and how large."""
    count = size = 0
    for path, content in sample_files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        size += target.write_bytes(content)
        count += 1
    return f"{count} files, {size} bytes in {folder}"


def differences(folder: Path) -> list[str]:
    """Return what is missing, different or extra in the folder; nothing when it holds the sample data."""
    expected = dict(sample_files())
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    missing = [f"missing: {path}" for path in sorted(expected.keys() - found.keys())]
    extra = [f"extra: {path}" for path in sorted(found.keys() - expected.keys())]
    common = sorted(expected.keys() & found.keys())
    different = [f"different: {path}" for path in common if not _same(found[path], expected[path])]
    return [*missing, *different, *extra]


def main() -> int:
    """Write the folder, or check it; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data"), help="where the files go (data)")
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs from the folder")
    arguments = parser.parse_args()
    if not arguments.check:
        print(write(arguments.folder))
        return 0
    problems = differences(arguments.folder)
    print("\n".join(problems) or f"{arguments.folder} is as it would be made")
    return 1 if problems else 0


def _same(path: Path, expected: bytes) -> bool:
    """Workbooks are compared uncompressed: another zlib may pack the same parts into other bytes."""
    found = path.read_bytes()
    if found == expected:
        return True
    try:
        return path.suffix == ".xlsx" and members(found) == members(expected)
    except (BadZipFile, zlib.error):
        return False


if __name__ == "__main__":
    raise SystemExit(main())
