"""Nasty workbooks that LibreOffice itself writes, as .ods, .xls and .xlsx: several files in each call, one profile."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl.comments import Comment

from scheduler.core.data import HiddenRows, Mark, Totals

from .nasty import SHEET, Nasty, hidden_sheet, hide, hide_columns, merge, shown_as

D = Decimal
FORMATS = ("ods", "xls", "xlsx")
HEAD = ["Nome", "Importo"]
AB = [HEAD, ["a", 1.5], ["b", 2]]
READ = [("a", D("1.50")), ("b", D("2.00"))]
QUOTA = "Nome:testo, Quota:percentuale"
THREE = "Nome:testo, Ente:testo, Importo:importo"


def commented(page: Any) -> None:
    """Put a comment on a number that is shown with zeros, and on a text."""
    shown_as("000", "A2")(page)
    page["A2"].comment = Comment("da verificare", "ufficio")
    page["B3"].comment = Comment("anche questo", "ufficio")


ALL = [
    Nasty("lo-percento", [["Nome", "Quota"], ["a", 0.8333], ["b", 83.33], ["c", 1]], QUOTA,
          touch=shown_as("0.00%", "B2", "B4"), values=[("a", D("83.33")), ("b", D("83.33")), ("c", D(100))]),
    Nasty("lo-percento-in-importo", [HEAD, ["a", 0.5]], touch=shown_as("0%", "B2"),
          says=["B2: «Importo»: «50%» non va bene, ci vuole un importo, per esempio 8.305.352,69"]),
    Nasty("lo-zeri-mostrati", [["Codice", "Importo"], [7, 1.5], [42, 2]], "Codice:testo, Importo:importo",
          touch=shown_as("00000", "A2", "A3"), values=[("00007", D("1.50")), ("00042", D("2.00"))]),
    Nasty("lo-errori", [["Nome", "Importo"], ["=NA()", "=1/0"], ["b", "#REF!"]],
          says=["A2: «Nome»: la cella contiene l'errore #N/A", "B2: «Importo»: la cella contiene l'errore #DIV/0!",
                "B3: «Importo»: la cella contiene l'errore #REF!"]),
    Nasty("lo-ricalcolato", [HEAD, ["a", 1.5], ["b", "=B2*2"]], values=[("a", D("1.50")), ("b", D("3.00"))]),
    Nasty("lo-non-ricalcolato", [HEAD, ["a", 1.5], ["b", "=B2*2"]], rules={"values_only": True},
          edits=[(SHEET, b"<f>B2*2</f><v></v>", b"<f>B2*2</f><v>7</v>")],
          says=["B3: «Importo»: c'è una formula dove ci vuole un valore"]),
    Nasty("lo-righe-nascoste", [*AB, ["c", 3]], touch=hide(2, 3), values=[*READ, ("c", D("3.00"))],
          says=["2:3: avviso: righe nascoste, lette come le altre"]),
    Nasty("lo-righe-saltate", AB, touch=hide(2), rules={"hidden_rows": HiddenRows.SKIP}, values=READ[1:]),
    Nasty("lo-foglio-nascosto", AB, touch=hidden_sheet, rules={"sheet": "Dati"}, values=READ,
          says=[" avviso: il foglio è nascosto"]),
    Nasty("lo-colonna-nascosta", AB, touch=hide_columns("B"), values=READ,
          says=["B: avviso: «Importo»: la colonna è nascosta"]),
    Nasty("lo-celle-unite", [["Nome", "Ente", "Importo"], ["a", "x", 1], ["b", None, 2]], THREE, touch=merge("B2:B3"),
          says=["B3: «Ente»: la cella è unita a B2"]),
    Nasty("lo-totale", [*AB, ["Totale", "=SUM(B2:B3)"]], rules={"totals": Totals.CHECK}, values=READ),
    Nasty("lo-totale-sbagliato", [*AB, ["Totale", 4]], says=["B4: «Importo»: il totale è 4, ma B2:B3 dà 3,5"]),
    Nasty("lo-commenti", [["Codice", "Nota"], [7, "due  spazi"], ["008", "due\nrighe"]], "Codice:testo, Nota:testo",
          touch=commented, values=[("007", "due  spazi"), ("008", "due\nrighe")]),
    Nasty("lo-testi", [["Nome", "Importo", "Dal"], ["007", "8.305.352,69", "5/4/2025"],
                       ["NA", "n.r", date(2025, 4, 5)]],
          "Nome:testo, Importo:importo, Dal:data",
          values=[("007", D("8305352.69"), date(2025, 4, 5)), ("NA", Mark("n.r"), date(2025, 4, 5))]),
    Nasty("lo-intestazioni-unite", [["Nome", "Spesa", None], [None, "Prevista", "Sostenuta"], ["a", 1, 2]],
          "Nome:testo, Spesa / Prevista:importo, Spesa / Sostenuta:importo",
          touch=merge("A1:A2", "B1:C1"), rules={"header": 2, "above": (1,)}, values=[("a", D("1.00"), D("2.00"))]),
]  # fmt: skip


def convert(sources: Sequence[Path], folder: Path, formats: Sequence[str] = FORMATS) -> dict[str, Path]:
    """Let LibreOffice write the sources anew in each format; returns the folder of each."""
    made = {kind: folder / kind for kind in formats}
    profile = f"-env:UserInstallation=file://{folder / 'profilo'}"
    for kind, target in made.items():
        command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", target, *sources]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    return made
