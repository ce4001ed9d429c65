"""Writes the sample data of the shipped workspace, the same bytes each time, or says whether a folder holds it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import folder
from workbooks.coordination import agenda_files, agreement_files, board_files, pact_files
from workbooks.costs import cost_files, costs_by_month
from workbooks.indicators import indicator_files
from workbooks.planning import course_files, emergo_files
from workbooks.services import gol_files, service_files
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


if __name__ == "__main__":
    raise SystemExit(folder.run(sample_files, "data", __doc__))
