"""A compiled template is reused, forgets one document before the next, and gives the same bytes everywhere."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document

from scheduler.documents.inserts import Picture
from scheduler.documents.package import document_text
from scheduler.documents.render import render
from scheduler.documents.template import KEPT, template_of
from scheduler.errors import TemplateError
from tests.conftest import ROOT, missing

from .corpus import BODIES, VALUES, picture
from .word import docx, p, run, tbl, tc, tr

AT = datetime(2025, 2, 10, 8, tzinfo=UTC)
KEPT_TEXT = "{% set y %}{{ x }}{% endset %}prima {{r y }} dopo"
LOOP = ("{%tr for r in righe %}", "{%tr endfor %}")


def fill(content: bytes, **values: Any) -> bytes:
    return render(content, "templates/t.docx", values, AT, "it")


def test_a_template_is_compiled_once() -> None:
    content = docx(p("{{ x }}"))
    assert template_of(content) is template_of(bytes(bytearray(content)))


def test_no_more_templates_are_kept_than_said() -> None:
    for number in range(KEPT + 3):
        template_of(docx(p(f"{number}")))
    assert template_of.cache_info().currsize == KEPT


def test_one_document_leaves_nothing_in_the_next() -> None:
    content = docx(p("{{ x }}"), p("{% set y = x %}{{ y }}"), header=p("{{ x }}"))
    first = fill(content, x="uno")
    assert "due" in document_text(fill(content, x="due"))
    assert fill(content, x="uno") == first
    with pytest.raises(TemplateError, match="il nome «x»"):
        fill(content)
    assert fill(content, x="uno") == first


def test_what_does_not_change_is_copied_as_it_is() -> None:
    content = docx(p("{{ x }}"), header=p("Città metropolitana"))
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(io.BytesIO(fill(content, x="a"))) as new:
        assert sorted(old.namelist()) == sorted(new.namelist())
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
        sizes = [(item.filename, item.compress_size) for item in old.infolist() if item.filename not in changed]
        assert sizes == [(name, new.getinfo(name).compress_size) for name, _ in sizes]
    assert changed == {"word/document.xml", "docProps/core.xml"}


PROGRAM = """
import hashlib, sys
from datetime import UTC, datetime
from scheduler.documents.inserts import Picture
from scheduler.documents.render import render
picture = Picture(open(sys.argv[2], "rb").read(), 20)
template, at = open(sys.argv[1], "rb").read(), datetime(2025, 2, 10, 8, tzinfo=UTC)
content = render(template, "t", {"x": "è", "z": picture}, at, "it")
print(hashlib.sha256(content).hexdigest())
"""


@pytest.mark.parametrize("body", ["{{ x }}", "{{ x }} {{ z }}"])
def test_another_process_makes_the_same_bytes(tmp_path: Path, body: str) -> None:
    (tmp_path / "t.docx").write_bytes(docx(p(body), header=p("{{ x }}"), properties={"title": "{{ x }}"}))
    (tmp_path / "p.png").write_bytes(picture(5))
    here = fill((tmp_path / "t.docx").read_bytes(), x="è", z=Picture(picture(5), 20))
    command = [sys.executable, "-c", PROGRAM, tmp_path / "t.docx", tmp_path / "p.png"]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    there = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_a_large_table_is_written_as_it_comes_and_checked_row_by_row() -> None:
    content = docx(tbl(2, tr("Nome", "Importo"), tr(LOOP[0], ""), tr("{{ r.a }}", "{{ r.b }}"), tr(LOOP[1], "")))
    rows = [SimpleNamespace(a=f"voce {number}", b=f"{number},00 €") for number in range(3000)]
    found = document_text(fill(content, righe=rows)).splitlines()
    assert found[2:] == [text for row in rows for text in (row.a, row.b)] + found[6002:]
    rows[1500].a = "in due\nrighe"
    assert "in due righe" in document_text(fill(content, righe=rows)).splitlines()


@pytest.mark.parametrize("body", ["prima {{r x }} dopo", "prima {{r 'valore' }} dopo", "{{p x }}", KEPT_TEXT])
def test_a_text_printed_where_word_shows_none_is_told(body: str) -> None:
    with pytest.raises(TemplateError, match="«valore» non è arrivato"):
        fill(docx(p(body), p("valore")), x="valore")


def test_a_text_that_is_forgiven_out_of_the_document_is_told() -> None:
    """docxtpl mends wrong nesting by leaving things out; a value must not be among them."""
    wrong = docx(p("{% if si %}a"), tbl(1, tr("b{% endif %}")), p("{{ x }}"))
    assert "valore" in document_text(fill(wrong, si=True, x="valore"))
    with pytest.raises(TemplateError, match="«valore» non è arrivato"):
        fill(wrong, si=False, x="valore")


def test_colours_and_spans_are_not_looked_for_in_the_text() -> None:
    table = tbl(2, tr(tc("{% cellbg colore %}a"), "b"), tr("{% colspan n %}c"))
    for others in ("", "".join(BODIES["wrong nesting, which is forgiven"])):
        text = document_text(fill(docx(others, table), colore="ABCDEF", n=2, x="x", no=False))
        assert "ABCDEF" not in text


def test_properties_hold_the_text_itself() -> None:
    content = docx(p("a"), properties={"title": "Ufficio & {{ x }}", "subject": "{{ n }}"})
    properties = Document(io.BytesIO(fill(content, x="Rossi & <Figli>", n=3))).core_properties
    assert (properties.title, properties.subject) == ("Ufficio & Rossi & <Figli>", "3")
    assert properties.created == properties.modified == AT
    with pytest.raises(TemplateError, match="non si compila"):
        fill(content, x="x" * 300, n=3)


def test_a_document_without_properties_gets_none() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx(p("{{ x }}")))) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "_rels/.rels":
                [start, *others] = part.split(b"<Relationship ")
                part = b"<Relationship ".join([start, *(item for item in others if b"core-properties" not in item)])
                part = part if part.endswith(b"</Relationships>") else part + b"</Relationships>"
            if name != "docProps/core.xml":
                new.writestr(name, part)
    with zipfile.ZipFile(io.BytesIO(fill(content.getvalue(), x="a"))) as made:
        assert "docProps/core.xml" not in made.namelist()


def test_wrong_instructions_are_told_wherever_they_stand() -> None:
    for place in ("header", "footer", "first", "footnote"):
        with pytest.raises(TemplateError, match="scritta male"):
            fill(docx(p("a"), **{place: p("{{ x")}))
    with pytest.raises(TemplateError, match="scritta male"):
        fill(docx(p("a"), properties={"title": "{{ x"}))


OPENED = {
    "lettera": docx(p("{{ x }}"), p(run("{{ y }}", "<w:b/>")), header=p("{{ x }}"), footer=p("{{ y }}")),
    "tabella": docx(*BODIES["tr for"], *BODIES["tc for, more cells than columns"], *BODIES["hm"]),
    "celle": docx(*BODIES["a cell that a condition empties"], *BODIES["vm"], *BODIES["cellbg"]),
    "righe": docx(p("{{ lunga }}"), *BODIES["p for"]),
}


def test_another_program_opens_the_documents(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        missing("LibreOffice")
        return
    values = {**VALUES, "lunga": "prima\nseconda\tterza"}
    for name, content in OPENED.items():
        (tmp_path / f"{name}.docx").write_bytes(fill(content, **values))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        soffice,
        "--headless",
        profile,
        "--convert-to",
        "txt:Text",
        "--outdir",
        tmp_path,
        *tmp_path.glob("*.docx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    texts = {name: (tmp_path / f"{name}.txt").read_text("utf-8-sig") for name in OPENED}
    assert VALUES["x"] in texts["lettera"]
    assert all(row.nome in texts["tabella"] for row in VALUES["righe"])
    assert "insieme" in texts["celle"]
    assert "seconda\tterza" in texts["righe"]


def test_a_document_with_a_picture_is_held_to_the_same() -> None:
    """docxtpl renders it as a whole; cells, footnotes, properties and lost texts are seen to all the same."""
    values = {"z": Picture(picture(5)), "x": "{{ 7 * 7 }} & altro", "no": False}
    more: dict[str, Any] = {"footnote": p("{{ x }}"), "header": p("{{ x }}"), "properties": {"title": "{{ x }}"}}
    content = docx(p("{{ z }} {{ x }}"), *BODIES["a cell that a condition empties"], sections=3, **more)
    made = fill(content, **values)
    assert document_text(made).count(values["x"]) == 3
    assert Document(io.BytesIO(made)).core_properties.title == values["x"]
    assert "<w:p/></w:tc>" in zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()
    with pytest.raises(TemplateError, match="«valore» non è arrivato"):
        fill(docx(p("{{ z }} {{r x }}")), z=Picture(picture(5)), x="valore")


def test_every_file_of_a_document_is_of_the_first_day_that_a_zip_can_tell() -> None:
    with zipfile.ZipFile(io.BytesIO(fill(docx(p("{{ x }}")), x="a"))) as made:
        assert {item.date_time for item in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
