"""Writes the Word templates of the shipped workspace, the same bytes each time, or says whether a folder holds them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from zipfile import BadZipFile

from papers import coordination, costs, letters, planning, services, staff, strengthening
from papers.package import members
from papers.paper import Paper

TEMPLATES: Mapping[str, Callable[[], Paper]] = {
    "nota-trasmissione": letters.transmission,
    "richiesta-dati": letters.data_request,
    "tavolo-convocazione": letters.convocation,
    "tavolo-verbale": coordination.table_minutes,
    "elenco-personale-mensile": staff.monthly_list,
    "elenco-personale-annuale": staff.yearly_list,
    "costi-personale-trimestrale": costs.quarter_costs,
    "costi-personale-annuale": costs.year_costs,
    "dati-servizi-semestrale": services.half_year_services,
    "scheda-obiettivi": services.objectives_sheet,
    "avanzamento-gol": services.gol_progress,
    "avanzamento-personale": strengthening.staff_progress,
    "avanzamento-sedi": strengthening.seat_progress,
    "cabina-regia": coordination.steering_board,
    "patto-adda-martesana": coordination.territorial_pact,
    "accordi-partenariato": coordination.partnerships,
    "relazione-emergo": planning.emergo_report,
    "programmazione-iefp": planning.course_planning,
    "fine-convenzione": planning.agreement_end,
}


def template_files() -> Iterator[tuple[str, bytes]]:
    """Yield each template: its file name, and its content."""
    for name, make in TEMPLATES.items():
        yield f"{name}.docx", make().content()


def write(folder: Path) -> str:
    """Write every template into the folder; return how many and how large."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [(folder / name).write_bytes(content) for name, content in template_files()]
    return f"{len(sizes)} files, {sum(sizes)} bytes in {folder}"


def differences(folder: Path) -> list[str]:
    """Return what is missing, different or extra in the folder; nothing when it holds the templates."""
    expected = dict(template_files())
    found = {path.name: path for path in folder.glob("*.docx")}
    missing = [f"missing: {name}" for name in sorted(expected.keys() - found.keys())]
    extra = [f"extra: {name}" for name in sorted(found.keys() - expected.keys())]
    common = sorted(expected.keys() & found.keys())
    different = [f"different: {name}" for name in common if not _same(found[name], expected[name])]
    return [*missing, *different, *extra]


def main() -> int:
    """Write the folder, or check it; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("templates"), help="where they go (templates)")
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs from the folder")
    arguments = parser.parse_args()
    if not arguments.check:
        print(write(arguments.folder))
        return 0
    problems = differences(arguments.folder)
    print("\n".join(problems) or f"{arguments.folder} is as it would be made")
    return 1 if problems else 0


def _same(path: Path, expected: bytes) -> bool:
    """Templates are compared uncompressed: another zlib may pack the same parts into other bytes."""
    try:
        return members(path.read_bytes()) == members(expected)
    except BadZipFile:
        return False


if __name__ == "__main__":
    raise SystemExit(main())
