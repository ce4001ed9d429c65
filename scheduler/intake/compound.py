"""The container of .xls files: its streams by name. Nothing of what they hold.

Source: [MS-CFB], Compound File Binary File Format.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from struct import unpack_from

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_LAST = 0xFFFFFFFA  # from here on, a number is no sector but says what the sector is
_ENTRY = 128  # bytes of a directory entry
_SMALL = 4096  # bytes: what is shorter stands in the sectors of the root's own stream


class Compound:
    """A container that was read whole; its numbers are followed, but never in a circle."""

    def __init__(self, content: bytes) -> None:
        """Read the directory; raises ValueError or struct.error where the container is damaged."""
        shift, small_shift = unpack_from("<HH", content, 0x1E)
        if not content.startswith(SIGNATURE) or shift not in (9, 12) or small_shift != 6:
            raise ValueError("not a compound file")
        self._content, self._size = content, 1 << shift
        self._table = self._numbers(self._table_sectors())
        self._small_table = self._numbers(self._chain(unpack_from("<I", content, 0x3C)[0], self._table))
        directory = self._joined(unpack_from("<I", content, 0x30)[0])
        self._entries = dict(_entries(directory))
        self._small = self._joined(next(iter(self._entries.values()))[0])  # the root stands first

    @property
    def names(self) -> set[str]:
        """The names of all streams and storages."""
        return set(self._entries)

    def stream(self, name: str) -> bytes:
        """Return the bytes of a stream; raises KeyError where there is none of that name."""
        start, size = self._entries[name]
        if size >= _SMALL:
            return self._joined(start)[:size]
        chain = self._chain(start, self._small_table)
        return b"".join(self._small[number * 64 : number * 64 + 64] for number in chain)[:size]

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size : (number + 2) * self._size]

    def _joined(self, start: int) -> bytes:
        return b"".join(map(self._sector, self._chain(start, self._table)))

    def _numbers(self, sectors: Iterator[int]) -> array[int]:
        whole = b"".join(map(self._sector, sectors))
        return array("I", unpack_from(f"<{len(whole) // 4}I", whole))

    def _table_sectors(self) -> Iterator[int]:
        yield from (number for number in unpack_from("<109I", self._content, 0x4C) if number < _LAST)
        following, count = unpack_from("<II", self._content, 0x44)
        for _ in range(min(count, len(self._content) // self._size)):
            if following >= _LAST:
                return
            *numbers, following = unpack_from(f"<{self._size // 4}I", self._sector(following))
            yield from (number for number in numbers if number < _LAST)

    @staticmethod
    def _chain(start: int, table: array[int]) -> Iterator[int]:
        number = start
        for _ in range(len(table)):
            if number >= len(table):
                return
            yield number
            number = table[number]


def _entries(directory: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length, kind = unpack_from("<HB", directory, at + 64)
        if kind:
            start, size = unpack_from("<II", directory, at + 116)
            yield directory[at : at + max(length - 2, 0)].decode("utf-16-le", "replace"), (start, size)
