"""The zip archive that a .docx is: its entries as they were deflated, and the same bytes for the same content."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_VERSION, _UTF8, _UNIX = 20, 0x800, 3 << 8
_DAY = 1 << 5 | 1  # 1 January 1980, the first that a zip can tell
_MODE = 0o100600 << 16
_LEVEL = 2  # of three: the last that costs next to nothing


@dataclass(frozen=True)
class Entry:
    """One file of the archive."""

    name: str
    method: int
    crc: int
    size: int  # bytes when inflated
    content: bytes  # deflated, or as it is when stored


def entries(content: bytes) -> tuple[Entry, ...]:
    """Return the entries of a zip with their deflated bytes, which are not inflated."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return tuple(_entry(content, item) for item in archive.infolist() if not item.is_dir())


class Deflater:
    """A file that is written now, piece by piece."""

    def __init__(self) -> None:
        from isal import isal_zlib

        self._zlib = isal_zlib
        self._stream = isal_zlib.compressobj(_LEVEL, wbits=-15)
        self._pieces: list[bytes] = []
        self._size = self._crc = 0

    def add(self, content: bytes) -> None:
        """Take the next bytes."""
        self._crc = self._zlib.crc32(content, self._crc)
        self._size += len(content)
        self._pieces.append(self._stream.compress(content))

    def entry(self, name: str) -> Entry:
        """Return the finished file under a name."""
        return Entry(name, _DEFLATED, self._crc, self._size, b"".join((*self._pieces, self._stream.flush())))


def deflated(name: str, content: bytes) -> Entry:
    """Return the entry of a whole file."""
    deflater = Deflater()
    deflater.add(content)
    return deflater.entry(name)


def stored(name: str, content: bytes) -> Entry:
    """Return the entry of a file that is compressed already."""
    return Entry(name, _STORED, zlib.crc32(content), len(content), content)


class Archive:
    """Entries that stay as they are from one writing to the next, laid out once."""

    def __init__(self, kept: tuple[Entry, ...]) -> None:
        self._kept, self._count = kept, len(kept)
        self._files, self._directory = _laid_out(kept, 0)

    def written(self, others: Iterable[Entry]) -> bytes:
        """Return the zip of the kept entries and others after them, which take the place of those of their names."""
        new = tuple(others)
        names = {item.name for item in new}
        if any(item.name in names for item in self._kept):
            return Archive(tuple(item for item in self._kept if item.name not in names)).written(new)
        files, directory = _laid_out(new, len(self._files))
        start = len(self._files) + len(files)
        directory = self._directory + directory
        count = self._count + len(new)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), start, 0)
        return b"".join((self._files, files, directory, end))


def same_bytes(content: bytes, *changed: Entry) -> bytes:
    """Return the zip with fixed times, so that equal content gives equal bytes; some entries in place of its own."""
    return Archive(entries(content)).written(changed)


def _entry(content: bytes, item: zipfile.ZipInfo) -> Entry:
    *_, name, extra = _LOCAL.unpack_from(content, item.header_offset)
    start = item.header_offset + _LOCAL.size + name + extra
    return Entry(
        item.filename, item.compress_type, item.CRC, item.file_size, content[start : start + item.compress_size]
    )


def _laid_out(items: tuple[Entry, ...], offset: int) -> tuple[bytes, bytes]:
    """Return the files with their headers, and their lines of the directory, when they begin at an offset."""
    files: list[bytes] = []
    directory: list[bytes] = []
    for item in items:
        name = item.name.encode()
        facts = (_UTF8, item.method, 0, _DAY, item.crc, len(item.content), item.size, len(name), 0)
        header = _LOCAL.pack(b"PK\3\4", _VERSION, *facts) + name
        directory.append(_CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, _VERSION, *facts, 0, 0, 0, _MODE, offset) + name)
        files += header, item.content
        offset += len(header) + len(item.content)
    return b"".join(files), b"".join(directory)
