"""What a file is by its first bytes, whatever its name says. Zip archives are looked into for what kind they are."""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile

_STARTS = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xfe\xed\xfa", "program"),
    (b"\xce\xfa\xed\xfe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"L\0\0\0\x01\x14\x02\0", "program"),  # a Windows shortcut
    (b"#!", "script"),
    (b"{\\rtf", "rtf"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gz"),
    (b"GIF8", "gif"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MESSAGE = "__properties_version1.0".encode("utf-16-le")  # [MS-OXMSG]: every .msg has this stream
_SIGNED = bytes.fromhex("06092a864886f70d010702")  # the identifier of signed data, RFC 5652
_STAMPED = bytes.fromhex("060b2a864886f70d010910011f")  # of time-stamped data, RFC 5544
_BEGIN = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----\s*")
_LIVE = re.compile(rb"<\s*(?:!doctype\s+html|html|script|svg|body|iframe)[\s>/:]", re.IGNORECASE)
_LIVE_SPACES = (b"http://www.w3.org/1999/xhtml", b"http://www.w3.org/2000/svg")
_ELEMENT = re.compile(r"(?:<\?xml|<!--|<!DOCTYPE|<[A-Za-z_])", re.IGNORECASE)
_FIELD = re.compile(r"(?:From |[A-Za-z][A-Za-z0-9-]*:)")
_MAIL = re.compile(r"^(?:From|Date|Message-ID|Received|Return-Path|Subject|X-Ricevuta):", re.IGNORECASE | re.MULTILINE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEAD = 65536  # bytes
_MIMES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.etsi.asic-e+zip": "asice",
    b"application/vnd.etsi.asic-s+zip": "asics",
}
_FOLDERS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}


def kind_of(content: bytes) -> str:
    """Return what the content is: an extension without its dot, `program`, `script`, `html`, `ole`; '' if unknown."""
    for start, kind in _STARTS:
        if content.startswith(start):
            return kind
    if content.startswith(_OLE):
        return "msg" if _MESSAGE in content else "ole"
    if content.startswith((b"PK\3\4", b"PK\5\6")):
        return _archive(content)
    return _signed(content) or _text(content)


def _signed(content: bytes) -> str:
    head = content[:64] if content.startswith(b"0") else _decoded(content)
    if not head.startswith(b"0"):
        return ""
    return "p7m" if _SIGNED in head[:32] else "tsd" if _STAMPED in head[:32] else ""


def _decoded(content: bytes) -> bytes:
    """Return the beginning of what is written as base64, as some signing programs do."""
    begin = _BEGIN.match(content)
    letters = b"".join(content[begin.end() if begin else 0 :][:200].split())[:64]
    try:
        return base64.b64decode(letters, validate=True)
    except binascii.Error:
        return b""


def _archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if names and names[0] == "mimetype" and archive.getinfo("mimetype").file_size < 200:
                return _MIMES.get(archive.read("mimetype").strip(), "zip")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return "zip"  # that it is damaged, whoever reads it all will say
    if "[Content_Types].xml" not in names:
        return "zip"
    return next((kind for folder, kind in _FOLDERS.items() if any(name.startswith(folder) for name in names)), "zip")


def _text(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if wide else ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "" if _CONTROL.search(text) else _of_text(text)
    return ""


def _of_text(text: str) -> str:
    words = text.lstrip()
    head = words[:_HEAD].encode("utf-8", "replace")
    if _ELEMENT.match(words):
        live = any(name in words.encode("utf-8", "replace") for name in _LIVE_SPACES)
        return "html" if live or _LIVE.search(head) else "xml"
    first, _, _ = words.partition("\n")
    if _FIELD.match(first) and _MAIL.search(words[:_HEAD]):
        return "eml"
    return "script" if words.lower().startswith(("@echo", "<?php", "<%")) else "txt"
