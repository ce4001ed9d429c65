"""Requests for a calendar, over one connection where it is kept: how many a second, the slowest, the server's CPU."""

from __future__ import annotations

import re
import socket
import statistics
import time
from dataclasses import dataclass

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_ETAG = re.compile(rb"etag: (\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Answered:
    """What a series of requests took."""

    per_second: float
    p99: float  # milliseconds
    processor: float  # microseconds of the server's processor time for each request


@dataclass(frozen=True)
class Server:
    """Whom to ask."""

    address: tuple[str, int]
    pid: int
    keeps: bool = True  # connections, and what a client has: it answers 304
    header: bytes = b""


class Client:
    """A connection that is kept, where the server keeps it."""

    def __init__(self, server: Server, path: str) -> None:
        self._server = server
        self._socket = socket.create_connection(server.address)
        self._path = path
        self._buffer = bytearray(1 << 22)

    def ask(self, etag: bytes = b"") -> tuple[int, bytes]:
        """Ask once; return status and ETag."""
        known = self._server.header + (b"If-None-Match: %b\r\n" % etag if etag else b"")
        self._socket.sendall(b"GET %b HTTP/1.1\r\nHost: localhost\r\n%b\r\n" % (self._path.encode(), known))
        got = 0
        while (end := self._buffer.find(b"\r\n\r\n", 0, got)) < 0:
            got += self._read(got)
        header = bytes(self._buffer[:end])
        status = int(header[9:12])
        length = 0 if status == 304 else int(_LENGTH.search(header)[1])  # type: ignore[index]  # a 200 has a length
        while got < end + 4 + length:
            got += self._read(got)
        if not self._server.keeps:
            self._socket.close()
            self._socket = socket.create_connection(self._server.address)
        found = _ETAG.search(header)
        return status, found[1] if found else b""

    def _read(self, at: int) -> int:
        count = self._socket.recv_into(memoryview(self._buffer)[at:])
        assert count, "the server has closed the connection"
        return count

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def requests(server: Server, path: str, count: int, *, known: bool) -> Answered:
    """Ask so many times, with the ETag (304, of a server that knows it) or without (200)."""
    client, times = Client(server, path), []
    status, etag = client.ask()
    assert status == 200
    for _ in range(100 if server.keeps else 2):
        client.ask()
    before, began = processor(server.pid), time.perf_counter()
    for _ in range(count):
        at = time.perf_counter()
        status, _ = client.ask(etag if known else b"")
        times.append(time.perf_counter() - at)
        assert status == (304 if known and server.keeps else 200)
    spent, took = processor(server.pid) - before, time.perf_counter() - began
    client.close()
    return Answered(count / took, statistics.quantiles(times, n=100)[98] * 1000, spent / count * 1e6)


def processor(pid: int) -> float:
    """Return the seconds of processor time that a process has taken, with all its threads, also those that ended."""
    clock = ~pid << 3 | 2  # the process's own, in nanoseconds: clock_getcpuclockid(3)
    return time.clock_gettime(clock)
