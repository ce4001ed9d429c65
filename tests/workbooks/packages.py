"""Files that are no workbooks, or are not to be opened: damaged, locked, with macros, claiming to be small."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from .nasty import SHEET, Nasty

DAMAGED = " il file è danneggiato o incompleto"
ROWS = [["Nome", "Importo"], ["a", 1.5]]
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + "EncryptedPackage".encode("utf-16-le") + bytes(96)


def bomb(content: bytes) -> bytes:
    """Let the sheet be 8 MB of blanks, and let both of its entries say 1000 bytes."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body.replace(b"<sheetData>", b" " * 8_000_000 + b"<sheetData>"))
            size = new.getinfo(name).file_size
            if size > 8_000_000:
                lying = size.to_bytes(4, "little")
    return made.getvalue().replace(lying, (1000).to_bytes(4, "little"))


def rotten(content: bytes) -> bytes:
    """Let four bytes of a member, that hardly any reader looks at, be lost."""
    with ZipFile(BytesIO(content)) as package:
        at = package.getinfo("xl/theme/theme1.xml").header_offset + 300
    return content[:at] + bytes(4) + content[at + 4 :]


def sealed(content: bytes) -> bytes:
    """Let every entry of the package say that it is encrypted."""
    return content.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


def large(content: bytes) -> bytes:
    """Add a member of 201 MB, honestly told."""
    made = BytesIO(content)
    with ZipFile(made, "a", ZIP_DEFLATED, compresslevel=1) as package, package.open("x", "w") as member:
        for _ in range(201):
            member.write(bytes(1_000_000))
    return made.getvalue()


ALL = [
    Nasty("troncato", ROWS, spoil=lambda content: content[:-300],
          says=[" il file è danneggiato o incompleto (File is not a zip file)"]),
    Nasty("rovinato", ROWS, spoil=rotten,
          says=[f"{DAMAGED} (Error -3 while decompressing data: invalid distance too far back)"]),
    Nasty("vuoto", ROWS, spoil=lambda _: b"", says=[" il file è vuoto"]),
    Nasty("password", ROWS, spoil=lambda _: LOCKED, says=[" il file è protetto da password"]),
    Nasty("password-dello-zip", ROWS, spoil=sealed, says=[" il file è protetto da password"]),
    Nasty("macro", ROWS, edits=[("xl/vbaProject.bin", b"", b"x")], says=[" il file contiene macro"]),
    Nasty("macro-xlsm", ROWS, suffix=".xlsm", says=[" non è un tipo di file che si sa leggere"]),
    Nasty("bomba", ROWS, spoil=bomb,
          says=[" il file è danneggiato o incompleto (xl/worksheets/sheet1.xml)"]),
    Nasty("enorme", ROWS, spoil=large, says=[" il file è troppo grande (201 MB)"]),
    Nasty("pagina-web", b"<html><table><tr><td>Nome</td></tr></table></html>", suffix=".xls",
          says=[" il contenuto non è quello di un file .xls"]),
    Nasty("in-realtà-zip", ROWS, suffix=".ods", says=[" il contenuto non è quello di un file .ods"]),
    Nasty("entità", ROWS, edits=[(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet')],
          says=[" il file è danneggiato o incompleto (an entity is declared)"]),
]  # fmt: skip
