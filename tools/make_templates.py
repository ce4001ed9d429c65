"""Writes the Word templates of the shipped workspace, the same bytes each time, or says whether a folder holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import folder
from papers import coordination, costs, letters, planning, services, staff, strengthening
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


if __name__ == "__main__":
    raise SystemExit(folder.run(template_files, "templates", __doc__))
