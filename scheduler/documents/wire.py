"""Messages between the service and the process that fills templates: their length, then their bytes."""

from __future__ import annotations

import struct
from typing import IO

DOCUMENT, PROBLEMS, MEMORY, FAILURE = b"D", b"P", b"M", b"F"  # the kinds of reply: their first byte

_SIZE = struct.Struct(">Q")


def read(stream: IO[bytes]) -> bytes | None:
    """Return the next message; None where the stream has ended."""
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return None
    [size] = _SIZE.unpack(head)
    content = stream.read(size)
    return content if len(content) == size else None


def write(stream: IO[bytes], message: bytes) -> None:
    """Send a message.

    Raises:
        OSError: nobody reads any more.
    """
    stream.write(_SIZE.pack(len(message)))
    stream.write(message)
    stream.flush()
