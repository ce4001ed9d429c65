"""An SMTP server that takes everything and keeps nothing, as fast as it can: what it answers costs almost no time."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen
from threading import Thread

END = b"\r\n.\r\n"
REPLIES = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


@contextmanager
def sink() -> Iterator[int]:
    """Run the server in a process of its own and yield its port."""
    with Popen([sys.executable, "-m", "benchmarks.sink"], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def serve() -> None:
    """Print a free port, and answer every connection to it until the process is ended."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Thread(target=answer, args=(connection,), daemon=True).start()


def answer(connection: socket.socket) -> None:
    """Speak as much SMTP as one mail after the other needs."""
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 sink\r\n")
        while line := lines.readline():
            verb = line[:4].upper()
            connection.sendall(REPLIES.get(verb, b"250 ok\r\n"))
            if verb == b"DATA":
                swallow(connection)
            elif verb == b"QUIT":
                return


def swallow(connection: socket.socket) -> None:
    """Read a mail to its final dot; nothing follows it before the answer."""
    tail = b""
    while not tail.endswith(END):
        piece = connection.recv(1 << 18)
        if not piece:
            return
        tail = (tail + piece)[-len(END) :]
    connection.sendall(b"250 taken\r\n")


if __name__ == "__main__":
    serve()
