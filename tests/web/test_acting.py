"""What people do on the page of a deadline: who may, what is recorded, and what happens when two do it at once."""

from __future__ import annotations

import re

import pytest
from openpyxl import load_workbook

from scheduler.app import App
from scheduler.core.ledger import ActKind
from tests.web.asking import Answer, Visitor

KEY = "costi-personale-annuale/2024"
PAGE = f"/scadenze/{KEY}"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def act(visitor: Visitor, kind: str, **fields: str) -> Answer:
    """Open the page and send one of its forms, as it was on the page."""
    content = visitor.get(PAGE).text
    found = re.search(r'name="seen" value="(\d+)"', content)
    return visitor.post(f"{PAGE}/atti/{kind}", seen=found[1] if found else "0", **fields)


def kinds(app: App) -> list[str]:
    return [item.kind for item in app.store.acts(KEY)]


def upload(visitor: Visitor, name: str, content: bytes, **fields: str) -> Answer:
    """Send the form of a submission with a file."""
    visitor.get(PAGE)
    values = {"csrfmiddlewaretoken": visitor.csrf, "seen": "0", **fields}
    form = '--edge\r\nContent-Disposition: form-data; name="{}"'
    parts = [f"{form.format(key)}\r\n\r\n{value}\r\n" for key, value in values.items()]
    head = f'{form.format("evidence")}; filename="{name}"\r\nContent-Type: x/y\r\n\r\n'
    body = "".join([*parts, head]).encode() + content + b"\r\n--edge--\r\n"
    return visitor.ask(
        "POST", f"{PAGE}/atti/trasmissione", body, {"content-type": "multipart/form-data; boundary=edge"}
    )


def test_a_submission_closes_the_deadline_and_names_who_made_it(app: App, editor: Visitor) -> None:
    answer = act(editor, "trasmissione", on="2025-02-26", protocol="15384/2025")
    assert (answer.status, answer["location"]) == (303, f"{PAGE}?fatto=trasmissione")
    content = editor.get(answer["location"]).text
    said = ("Trasmissione registrata.", "trasmissione: 26/02/2025", "15384/2025", "Tullio Prova", "trasmessa</span>")
    assert all(words in content for words in said)
    assert "Registrare una proroga" not in content
    [made] = app.store.acts(KEY)
    assert (made.kind, made.who, made.protocol) == (ActKind.SUBMISSION, "Tullio Prova", "15384/2025")


def test_it_can_be_taken_back_extended_and_waived(app: App, editor: Visitor) -> None:
    assert act(editor, "trasmissione", on="2025-02-26").status == 303
    assert act(editor, "riapertura", reason="protocollo sbagliato").status == 303
    assert act(editor, "proroga", to="2025-03-14", reason="concessa dalla Regione").status == 303
    assert "venerdì 14/03/2025" in editor.get(PAGE).text
    assert act(editor, "annullamento", reason="non dovuta quest'anno").status == 303
    assert kinds(app) == ["submission", "reopening", "extension", "waiver"]
    assert "annullata</span>" in editor.get(PAGE).text


def test_a_draft_is_made_at_once_and_says_what_changed(app: App, editor: Visitor) -> None:
    versions = len(app.store.drafts(KEY))
    assert act(editor, "bozza", reason="dati aggiornati").status == 303
    content = editor.get(PAGE).text
    assert len(app.store.drafts(KEY)) > versions
    assert kinds(app) == ["drafting"]
    assert "dati aggiornati" in content
    assert act(editor, "bozza", reason="ancora").status == 303
    newest = app.store.drafts(KEY)[-1]
    path = f"{PAGE}/bozze/{newest.document}/{newest.version}"
    assert editor.get(f"{path}.docx").content[:2] == b"PK"
    assert "dalla versione" in editor.get(f"{path}/differenze").text
    assert editor.get(f"{PAGE}/bozze/{newest.document}/1/differenze").status == 404


def test_what_is_wrong_is_said_beside_each_field_and_nothing_is_lost(app: App, editor: Visitor) -> None:
    answer = act(editor, "trasmissione", on="2030-01-01", protocol="abc<b>", reason="fatto")
    assert answer.status == 422
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="abc&lt;b&gt;"' in answer.text
    assert 'value="fatto"' in answer.text
    assert 'id="trasmissione-on-errore"' in answer.text
    assert kinds(app) == []


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("trasmissione", {}),
        ("trasmissione", {"on": "2025-02-30"}),
        ("trasmissione", {"on": "99999-01-01"}),
        ("proroga", {"to": "2025-02-27", "reason": "x"}),
        ("proroga", {"to": "9999-12-31", "reason": "x"}),
        ("proroga", {"to": "2025-03-14"}),
        ("annullamento", {"reason": "   "}),
        ("annullamento", {"reason": "x" * 10_000}),
        ("riapertura", {"reason": "mai chiusa"}),
        ("bozza", {"reason": ""}),
    ],
)
def test_what_cannot_be_is_refused_with_the_page_to_mend_it(
    app: App, editor: Visitor, kind: str, fields: dict[str, str]
) -> None:
    answer = act(editor, kind, **fields)
    assert answer.status == 422
    assert 'role="alert"' in answer.text
    assert kinds(app) == []


def test_a_double_click_records_once(app: App, editor: Visitor) -> None:
    editor.get(PAGE)
    fields = {"seen": "0", "reason": "non dovuta"}
    first, second = (editor.post(f"{PAGE}/atti/annullamento", **fields) for _ in range(2))
    assert (first.status, second.status) == (303, 409)
    assert kinds(app) == ["waiver"]


def test_the_second_of_two_people_sees_what_the_first_did(app: App, editor: Visitor, visitor: Visitor) -> None:
    editor.get(PAGE)
    visitor.get(PAGE)
    assert editor.post(f"{PAGE}/atti/proroga", seen="0", to="2025-03-14", reason="concessa").status == 303
    answer = visitor.post(f"{PAGE}/atti/annullamento", seen="0", reason="non dovuta")
    assert answer.status == 409
    assert "qualcuno ha registrato" in answer.text
    assert "proroga: 14/03/2025" in answer.text
    assert 'value="non dovuta"' in answer.text
    assert kinds(app) == ["extension"]


@pytest.mark.parametrize("seen", ["", "x", "-1", "7", "9" * 40])
def test_a_form_that_does_not_say_what_was_on_the_page_records_nothing(app: App, editor: Visitor, seen: str) -> None:
    editor.get(PAGE)
    assert editor.post(f"{PAGE}/atti/annullamento", seen=seen, reason="x").status == 409
    assert kinds(app) == []


def test_evidence_is_kept_and_given_back_as_it_was(app: App, editor: Visitor) -> None:
    assert upload(editor, "ricevuta di accettazione.pdf", PDF, on="2025-02-26").status == 303
    given = editor.get(f"{PAGE}/prove/1")
    assert given.content == PDF
    assert given["content-disposition"].startswith("attachment")
    assert "sandbox" in given["content-security-policy"]
    assert editor.get(f"{PAGE}/prove/2").status == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vuoto.pdf", b""),
        ("prova.exe", b"MZ" + b"\0" * 100),
        ("prova.pdf", b"MZ" + b"\0" * 100),
        ("prova.html", b"<script>alert(1)</script>"),
        ("prova.pdf", b"<script>alert(1)</script>"),
        ("../../../etc/passwd", b"root"),
    ],
)
def test_a_file_that_proves_nothing_is_refused(app: App, editor: Visitor, name: str, content: bytes) -> None:
    answer = upload(editor, name, content, on="2025-02-26")
    assert answer.status == 422
    assert 'id="trasmissione-evidence-errore"' in answer.text
    assert kinds(app) == []


def test_who_may_only_look_finds_no_forms_and_cannot_act(app: App, reader: Visitor, stranger: Visitor) -> None:
    assert "atti/annullamento" not in reader.get(PAGE).text
    reader.get("/calendari")  # a page with a form, for its token
    assert reader.post(f"{PAGE}/atti/annullamento", seen="0", reason="x").status == 403
    stranger.get("/accesso")
    assert stranger.post(f"{PAGE}/atti/annullamento", seen="0", reason="x").status == 403
    assert kinds(app) == []


def test_a_form_from_another_site_records_nothing(app: App, editor: Visitor) -> None:
    editor.get(PAGE)
    editor.csrf = "x" * 64
    assert editor.post(f"{PAGE}/atti/annullamento", seen="0", reason="x").status == 403
    assert kinds(app) == []


@pytest.mark.parametrize("path", [f"{PAGE}/atti/altro", "/scadenze/nessuna/2025/atti/bozza"])
def test_an_act_on_nothing_is_not_there(editor: Visitor, path: str) -> None:
    editor.get(PAGE)
    assert editor.post(path, seen="0", reason="x").status == 404
    assert editor.get(f"{PAGE}/atti/bozza").status == 405


def wrong(app: App) -> None:
    """Let a cost be of a month that the year does not have."""
    [path] = app.workspace.root.glob("data/costi/2024-Q4.xlsx")
    book = load_workbook(path)
    book.worksheets[0]["E5"] = 2023
    book.save(path)


def test_data_that_did_not_pass_are_released_as_they_were_on_the_page(app: App, editor: Visitor) -> None:
    wrong(app)
    assert "atti/sblocco" not in editor.get(PAGE).text, "nothing has failed yet"
    content = editor.get(f"{PAGE}/dati").text
    assert "il mese 10/2023 non è del periodo" in content
    assert "può sbloccare la bozza" in content
    answer = act(editor, "bozza", reason="prova")
    assert answer.status == 422
    [digest] = re.findall(r'name="wrong" value="(\w+)"', answer.text)
    seen = str(len(kinds(app)))
    for given, status in (("", 422), ("0" * 64, 422), (digest, 303)):
        answer = editor.post(f"{PAGE}/atti/sblocco", seen=seen, reason="è un refuso", wrong=given)
        assert answer.status == status
    assert kinds(app) == ["drafting", "release"]
    assert "sblocco con dati non verificati" in editor.get(PAGE).text
    assert "si possono fare" in editor.get(f"{PAGE}/dati").text
    assert act(editor, "bozza", reason="adesso").status == 303


def test_what_cannot_be_released_is_told(app: App, editor: Visitor) -> None:
    answer = act(editor, "sblocco", reason="prova", wrong="x")
    assert answer.status == 422
    assert "niente da sbloccare" in answer.text
    assert kinds(app) == []


def test_the_data_page_names_the_cells_at_fault(app: App, editor: Visitor) -> None:
    assert "si possono fare" in editor.get(f"{PAGE}/dati").text
    for path in app.workspace.root.glob("data/costi/*"):
        path.unlink()
    content = editor.get(f"{PAGE}/dati").text
    assert "non si possono fare" in content
    assert "data/costi" in content
    answer = act(editor, "bozza", reason="prova")
    assert answer.status == 422
    assert "data/costi" in answer.text
