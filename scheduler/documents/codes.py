"""Texts that machines read: QR codes and barcodes, as pictures whose alternative text is the text."""

from __future__ import annotations

import io
import struct
import zlib

from scheduler.documents.formats import printed
from scheduler.documents.inserts import Picture
from scheduler.documents.kinds import Printable, WrongValueError, is_unknown, named, unknown

QR_MM, BAR_MM = 25.0, 60.0
MOST_BARRED = 48  # letters; a longer code is too fine for a printer
_SMALLEST, _LARGEST = 10, 170  # millimetres
_DOTS, _TALL, _QUIET = 4, 100, 10  # dots of a bar, dots of its height, bars of white on both sides


def qr(value: Printable, width_mm: float = QR_MM) -> Picture | str:
    """Return the QR code of a text, so many millimetres wide; what is not reported as it is.

    Raises:
        WrongValueError: the text is too long for a QR code, or the width is none.
    """
    import segno

    if is_unknown(value):
        return unknown(value)
    result, said = io.BytesIO(), printed(value)
    try:
        segno.make(said, error="m", micro=False).save(result, kind="png", scale=8, border=4)
    except ValueError as error:
        raise WrongValueError("qr") from error
    return Picture(result.getvalue(), _width(width_mm), said)


def barcode(value: Printable, width_mm: float = BAR_MM) -> Picture | str:
    """Return the barcode (Code 128) of a text, so many millimetres wide; what is not reported as it is.

    Raises:
        WrongValueError: the text is longer than 48 letters or has others than ASCII, or the width is none.
    """
    from barcode.codex import Code128
    from barcode.errors import BarcodeError

    if is_unknown(value):
        return unknown(value)
    said = printed(value)
    if not (said.isascii() and said.isprintable() and len(said) <= MOST_BARRED):
        raise WrongValueError("barcode")
    try:
        [bars] = Code128(said).build()
    except (BarcodeError, KeyError) as error:
        raise WrongValueError("barcode") from error
    return Picture(_png(f"{'0' * _QUIET}{bars}{'0' * _QUIET}"), _width(width_mm), said)


def _width(given: float) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not _SMALLEST <= given <= _LARGEST:
        raise WrongValueError("width")
    return float(given)


def _png(bars: str) -> bytes:
    """Return a picture of upright bars, where 1 is black."""
    shades = b"".join((b"\0" if bar == "1" else b"\xff") * _DOTS for bar in bars)
    chunks = (
        (b"IHDR", struct.pack(">2I5B", len(shades), _TALL, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + shades) * _TALL, 9)),
        (b"IEND", b""),
    )
    written = (struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


CODES = {name: named(name, write) for name, write in (("qr", qr), ("codice_a_barre", barcode))}
