"""Files handed in as proof: real ones of each kind are taken; misnamed, dangerous and trapped ones are refused."""

from __future__ import annotations

import io
import stat
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.upload import Upload, extension, safe_name
from scheduler.service.evidence import LARGEST, keep, problems
from scheduler.service.workspace import Workspace
from tests.conftest import ROOT

SIGNED = bytes.fromhex("3082010006092a864886f70d010702a0820100")
STAMPED = bytes.fromhex("30820100060b2a864886f70d010910011fa082")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
MAIL = b"Return-Path: <pec@regione.example>\nFrom: pec@regione.example\nSubject: =?utf-8?q?consegna?=\n\nciao\xe8\n"
XML = b"<?xml version='1.0'?><postacert tipo='avvenuta-consegna'/>"


def packed(**members: bytes) -> bytes:
    return zipped({name.replace("__", "."): content for name, content in members.items()})


def zipped(members: dict[str, bytes], first: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("mimetype", first)
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def linking() -> bytes:
    file, link = io.BytesIO(), zipfile.ZipInfo("ricevuta.pdf")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def locked() -> bytes:
    """An archive whose file says that it is encrypted."""
    content = bytearray(packed(a__pdf=b"%PDF-1.7"))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


def lying() -> bytes:
    """An archive whose file inflates to more than it says."""
    content = zipped({"a.txt": b"x" * 1_000_000})
    return content.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


DOCX = (ROOT / "templates/cabina-regia.docx").read_bytes()
XLSX = (ROOT / "data/cabina-regia/2026.xlsx").read_bytes()
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}
ODT = "application/vnd.oasis.opendocument.text"

TAKEN = {
    "ricevuta.pdf": b"%PDF-1.7\n...",
    "ricevuta.PDF": b"%PDF-1.7\n...",
    "lettera.pdf.p7m": SIGNED,
    "lettera.p7m": b"-----BEGIN PKCS7-----\n" + b64encode(SIGNED),
    "lettera.docx.p7m": b64encode(SIGNED),
    "marca.tsd": STAMPED,
    "consegna.eml": MAIL,
    "posta.msg": OLE + "__properties_version1.0".encode("utf-16-le"),
    "daticert.xml": XML,
    "daticert2.xml": b"\xef\xbb\xbf" + XML,
    "nota.txt": "perché no".encode("cp1252"),
    "nota-larga.txt": "perché no".encode("utf-16"),
    "elenco.csv": b"a;b\r\n1;2\r\n",
    "schermo.png": b"\x89PNG\r\n\x1a\n...",
    "foto.jpg": b"\xff\xd8\xff\xe0...",
    "foto.jpeg": b"\xff\xd8\xff\xe0...",
    "fax.tif": b"II*\0...",
    "fax.tiff": b"MM\0*...",
    "bozza.docx": DOCX,
    "dati.xlsx": XLSX,
    "testo.odt": zipped({"content.xml": b"<x/>"}, ODT),
    "foglio.ods": zipped({"content.xml": b"<x/>"}, "application/vnd.oasis.opendocument.spreadsheet"),
    "firme.asice": zipped({"a.pdf": b"%PDF-"}, "application/vnd.etsi.asic-e+zip"),
    "tutto.zip": packed(ricevuta__pdf=b"%PDF-", cartella=b"x"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_proof_of_each_kind_is_taken(name: str) -> None:
    assert problems(Upload(name, TAKEN[name]), "it") == ()


REFUSED = {
    "empty": ("a.pdf", b"", "il file è vuoto"),
    "26 MB": ("a.pdf", b"%PDF-" + bytes(LARGEST + 1_000_000), "il file è di 26 MB; al massimo 25 MB"),
    "a picture as PDF": ("a.pdf", b"\x89PNG\r\n\x1a\n", "in «.pdf», ma il contenuto sembra altro: un'immagine PNG"),
    "a PDF as picture": ("a.png", b"%PDF-1.4", "ma il contenuto sembra altro: un PDF"),
    "a zip as docx": ("a.docx", packed(a__txt=b"x"), "sembra altro: un archivio ZIP"),
    "a workbook as docx": ("a.docx", XLSX, "sembra altro: una cartella Excel"),
    "bytes as text": ("a.txt", b"a\0\1\2", "di un tipo che non si riconosce"),
    "an old Word file as msg": ("a.msg", OLE, "un documento Office nel formato vecchio"),
    "XML as text": ("a.txt", XML, "sembra altro: un file XML"),
    "a program": ("a.exe", b"MZ\x90", "non si può conservare: è un programma"),
    "a program as PDF": ("a.pdf", b"MZ\x90", "è un programma"),
    "a program for Linux as PDF": ("a.pdf", b"\x7fELF", "è un programma"),
    "a script as text": ("a.txt", b"#!/bin/sh\nrm -rf /", "un programma in forma di testo"),
    "a page": ("a.html", b"<!DOCTYPE html><html>", "una pagina web"),
    "a page as XML": ("a.xml", b"<?xml version='1'?>\n<html xmlns='http://www.w3.org/1999/xhtml'/>", "una pagina web"),
    "a picture that runs": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "a picture that runs, as XML": ("a.xml", b"<!-- --><s:svg xmlns:s='http://www.w3.org/2000/svg'/>", "SVG"),
    "no extension": ("ricevuta", b"%PDF-1.7", "un file «–» non si può conservare"),
    "a kind that is not known": ("a.rtf", b"{\\rtf1}", "un file «.rtf» non si può conservare"),
    "a macro document": ("a.docm", DOCX, "«.docm» non si può conservare"),
    "macros in a docx": ("a.docx", zipped({**WORD, "word/vbaProject.bin": b"x"}), "contiene macro"),
    "macros by their type": ("a.docx", zipped({**WORD, "[Content_Types].xml": b"macroEnabled"}), "contiene macro"),
    "macros in an odt": ("a.odt", zipped({"Basic/Standard/x.xml": b"x"}, ODT), "contiene macro"),
    "a way up": ("a.zip", zipped({"../../etc/cron.d/x": b"x"}), "percorso che esce"),
    "a way up for Windows": ("a.zip", zipped({"..\\x.txt": b"x"}), "percorso che esce"),
    "an absolute path": ("a.zip", zipped({"/etc/x": b"x"}), "percorso che esce"),
    "a drive": ("a.zip", zipped({"C:/x.txt": b"x"}), "percorso che esce"),
    "a link": ("a.zip", linking(), "percorso che esce"),
    "a way up in a docx": ("a.docx", zipped({**WORD, "../x": b"x"}), "percorso che esce"),
    "a password": ("a.zip", locked(), "protetto da password"),
    "a program in an archive": ("a.zip", zipped({"x/Fattura.PDF.exe": b"x"}), "un programma o una pagina web"),
    "a bomb": ("a.zip", zipped({"a.txt": bytes(60_000_000)}), "sarebbe troppo grande (1 file, 60 MB)"),
    "too many files": ("a.zip", zipped({f"{number}.txt": b"" for number in range(5001)}), "troppo grande (5001 file"),
    "a size that lies": ("a.zip", lying(), "danneggiato"),
    "half an archive": ("a.zip", packed(a__txt=b"x" * 99)[:60], "danneggiato"),
    "an archive of nothing": ("a.zip", zipped({}), "il file è vuoto"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_proof_is_refused_with_a_remedy(name: str) -> None:
    file, content, said = REFUSED[name]
    [problem] = problems(Upload(file, content), "it")
    assert problem.where == "evidence"
    assert said in problem.what
    assert problem.remedy
    [english] = problems(Upload(file, content), "en")
    assert english.what != problem.what


NAMES = {
    "ricevuta di consegna.eml": "ricevuta_di_consegna.eml",
    "C:\\Documenti\\è già.pdf": "e_gia.pdf",
    "../../etc/passwd.pdf": "passwd.pdf",
    "CON.pdf": "CON_.pdf",
    "com1.zip": "com1_.zip",
    "fattura\u202efdp.exe.pdf": "fatturafdp_exe.pdf",
    "a\x00\r\nb.pdf": "ab.pdf",
    "lettera.PDF.P7M": "lettera.pdf.p7m",
    ".pdf": "pdf",
    "...": "file",
    "x" * 10_000 + ".eml": "x" * 100 + ".eml",
    "日本.txt": "file.txt",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_cleaned_and_keeps_its_extension(name: str) -> None:
    assert safe_name(name) == NAMES[name]


@given(st.text(max_size=60), st.sampled_from(["", ".pdf", ".PDF.p7m", ".exe", "."]))
def test_any_name_becomes_one_that_every_disk_takes(stem: str, ending: str) -> None:
    name = safe_name(stem + ending)
    assert name.isascii()
    assert 0 < len(name) < 130
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert not name.startswith((".", "-"))
    assert extension(name) == extension(stem + ending) or name == "file"


@given(st.binary(max_size=300), st.sampled_from(sorted(name.rpartition(".")[2] for name in TAKEN)))
def test_no_bytes_make_it_fail(content: bytes, ending: str) -> None:
    for start in (b"", b"PK\3\4", b"PK\5\6", b"0\x82", b"-----BEGIN CMS-----", b"<"):
        problems(Upload(f"a.{ending}", start + content), "it")


def test_the_same_bytes_are_kept_once_for_each_occurrence(tmp_path: Path) -> None:
    from tests.service.test_acts import NOW, PROOF

    workspace = Workspace(tmp_path)
    first = keep(PROOF, "a/2025", NOW, workspace)
    assert keep(Upload("altro.eml", PROOF.content), "a/2025", NOW, workspace) == first
    assert keep(PROOF, "b/2025", NOW, workspace).path != first.path
    assert keep(Upload("ricevuta.eml", PROOF.content + b"."), "a/2025", NOW, workspace).path != first.path
    assert len(list((tmp_path / "var/evidence/a/2025").iterdir())) == 2
    assert workspace.read(first.path) == PROOF.content
