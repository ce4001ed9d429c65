"""An edited draft is put back on the page, where its conflicts stand later; reviewers get their copies there."""

from __future__ import annotations

import io
import re
import zipfile

from scheduler.app import App
from scheduler.core.ledger import ActKind, Draft
from tests.web.asking import Answer, Visitor
from tests.web.test_acting import KEY, PAGE, PDF, act


def send(visitor: Visitor, content: bytes, name: str = "bozza.docx") -> Answer:
    """Send the form of a draft that was edited."""
    found = re.search(r'name="seen" value="(\d+)"', visitor.get(PAGE).text)
    values = {"csrfmiddlewaretoken": visitor.csrf, "seen": found[1] if found else "0", "reason": ""}
    form = '--edge\r\nContent-Disposition: form-data; name="{}"'
    parts = [f"{form.format(key)}\r\n\r\n{value}\r\n" for key, value in values.items()]
    head = f'{form.format("edited")}; filename="{name}"\r\nContent-Type: x/y\r\n\r\n'
    body = "".join([*parts, head]).encode() + content + b"\r\n--edge--\r\n"
    return visitor.ask("POST", f"{PAGE}/atti/rientro", body, {"content-type": "multipart/form-data; boundary=edge"})


def newest(app: App) -> Draft:
    return [item for item in app.store.drafts(KEY) if item.document == "costi-personale-annuale"][-1]


def edited(content: bytes, *pairs: tuple[str, str]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            kept = source.read(name)
            for old, new in pairs if name == "word/document.xml" else ():
                kept = kept.replace(old.encode(), new.encode())
            target.writestr(name, kept)
    return result.getvalue()


def test_an_edited_draft_is_put_back_and_carried_on(app: App, editor: Visitor, reader: Visitor) -> None:
    assert act(editor, "bozza", reason="prova").status == 303
    made = newest(app)
    path = f"{PAGE}/bozze/{made.document}"
    content = editor.get(f"{path}/{made.version}.docx").content
    human = edited(content, ("Sintesi", "Sintesi nostra"), (f">{made.version}</w:t>", ">undici</w:t>"))
    assert send(editor, content).status == 422, "nothing was changed in it"
    answer = send(editor, human)
    assert (answer.status, answer["location"]) == (303, f"{PAGE}?fatto=rientro")
    assert "La bozza corretta è registrata" in editor.get(answer["location"]).text
    assert [item.kind for item in app.store.acts(KEY)][-1] is ActKind.RETURN
    back = newest(app)
    assert editor.get(f"{path}/{back.version}.docx").content == human
    assert f"corretta a mano dalla versione {made.version}, rimessa da Tullio Prova" in reader.get(PAGE).text
    assert reader.get(f"{path}/{back.version}/aggiornamento").status == 404

    assert act(editor, "bozza", reason="dati di adesso").status == 303
    last = newest(app)
    assert b"Sintesi nostra" in zipfile.ZipFile(io.BytesIO(app.workspace.read(last.path))).read("word/document.xml")
    assert f"{path}/{last.version}/aggiornamento" in reader.get(PAGE).text
    shown = reader.get(f"{path}/{last.version}/aggiornamento").text
    assert "Dato corretto a mano, e cambiato nei dati" in shown
    assert all(f">{word}<" in shown for word in (made.version, "undici", last.version))


def test_what_is_no_edited_draft_is_refused_beside_its_field(app: App, editor: Visitor) -> None:
    assert act(editor, "bozza", reason="prova").status == 303
    before = app.store.drafts(KEY), app.store.acts(KEY)
    answer = send(editor, PDF, "bozza.pdf")
    assert answer.status == 422
    assert 'id="rientro-edited-errore"' in answer.text
    assert act(editor, "rientro").status == 422
    assert (app.store.drafts(KEY), app.store.acts(KEY)) == before


def test_only_editors_put_drafts_back_and_only_known_people_see_sources(
    app: App, editor: Visitor, reader: Visitor, stranger: Visitor
) -> None:
    assert act(editor, "bozza", reason="prova").status == 303
    made = newest(app)
    assert send(reader, b"x").status == 403
    path = f"{PAGE}/bozze/{made.document}/{made.version}/revisione.docx"
    answer = reader.get(path)
    assert answer["content-disposition"].endswith('-revisione.docx"')
    assert "word/comments.xml" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert stranger.get(path).status in (303, 302, 403)
    assert "word/comments.xml" not in zipfile.ZipFile(io.BytesIO(app.workspace.read(made.path))).namelist()
