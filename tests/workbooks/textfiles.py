"""Nasty .csv files: encodings, separators, and values that hold the separator."""

from __future__ import annotations

from decimal import Decimal

from .nasty import Nasty

D = Decimal
READ = [("È", D("1234.56"))]


def read_as(encoding: str, separator: str) -> list[str]:
    """What is said of every text file that is not as it should be."""
    return (
        [] if (encoding, separator) == ("UTF-8", ";") else [f" avviso: letto come {encoding}, separatore {separator}"]
    )


def text(name: str, content: bytes, **expected: object) -> Nasty:
    """A text file."""
    return Nasty(name, content, suffix=".csv", **expected)  # type: ignore[arg-type]


ALL = [
    text("utf8", "Nome;Importo\nÈ;1.234,56\n".encode(), values=READ, says=read_as("UTF-8", ";")),
    text("utf8-con-segno", "\ufeffNome;Importo\nÈ;1.234,56\n".encode(), values=READ, says=read_as("UTF-8", ";")),
    text("windows", "Nome;Importo\r\nÈ;1.234,56 €\r\n".encode("cp1252"), values=READ,
         says=read_as("Windows-1252", ";")),
    text("dos", "Nome;Importo;Città\r\nÈ;1.234,56;Forlì, là\r\n".encode("cp850"), values=READ,
         says=read_as("CP850", ";")),
    text("windows-con-virgolette", "Nome;Importo\r\nl’“a” è già – così…;1\r\n".encode("cp1252"),
         values=[("l’“a” è già – così…", D("1.00"))], says=read_as("Windows-1252", ";")),
    text("utf16", "Nome\tImporto\nÈ\t1.234,56\n".encode("utf-16"), values=READ, says=read_as("UTF-16", "tab")),
    text("virgole", 'Nome,Importo\nÈ,"1.234,56"\n'.encode(), values=READ, says=read_as("UTF-8", ",")),
    text("separatore-detto", "sep=,\r\nNome,Importo\r\nÈ,\"1.234,56\"\r\n".encode(), values=READ,
         says=read_as("UTF-8", ",")),
    text("virgola-nel-valore", b"Nome,Importo\na,1,50\nb,2\n",
         says=["2: la riga ha più di 2 valori, uno per intestazione", *read_as("UTF-8", ",")]),
    text("zeri", b"Nome;Importo\n007;1\nNA;2\n", values=[("007", D("1.00")), ("NA", D("2.00"))],
         says=read_as("UTF-8", ";")),
    text("virgolette-aperte", b'Nome;Importo\n"a;1\n',
         says=[" il file è danneggiato o incompleto (unexpected end of data)"]),
    text("binario", b"Nome;Importo\n\0\0\0\n", says=[" il contenuto non è quello di un file .csv"]),
    text("utf16-senza-segno", "Nome;Importo\nÈ;1\n".encode("utf-16-le"),
         says=[" il contenuto non è quello di un file .csv"]),
    text("righe-doppie", b"Nome;Importo\na;1\na;1\n", values=[("a", D("1.00"))] * 2,
         says=[*read_as("UTF-8", ";"), "3: avviso: la riga è uguale alla 2"]),
    text("due-righe-di-testa", b"Nome;Spesa;\n;Prevista;Sostenuta\na;1;2\n",
         columns="Nome:testo, Spesa / Sostenuta:importo", rules={"header": 2, "above": (1,)},
         values=[("a", D("2.00"))], says=read_as("UTF-8", ";")),
    text("totale", b"Nome;Importo\na;1\nb;2,5\nTotale;3,6\n",
         says=["B4: «Importo»: il totale è 3,6, ma B2:B3 dà 3,5", *read_as("UTF-8", ";")]),
    text("percento", b"Nome;Quota\na;83,33%\nb;0,5\n", columns="Nome:testo, Quota:percentuale",
         values=[("a", D("83.33")), ("b", D("0.5"))], says=read_as("UTF-8", ";")),
]  # fmt: skip
