"""One process of the feed's measurement: the service's own server, with calendars that are given as files.

`python -m benchmarks.feed_server ADDRESS FILE…`: each file is shown under its name without a suffix as the token.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from scheduler.core.feed import token_sha256
from scheduler.feed.ics import read
from scheduler.web.calendar import Board, Receive, Scope, Send
from scheduler.web.server import PageServer


def main(listen: str, files: list[Path]) -> None:
    """Serve until standard input ends."""
    board = Board()
    found = {path: read(path.read_bytes()) for path in files}
    board.show({token_sha256(path.stem): made[0] for path, made in found.items() if made})
    server = PageServer(listen, no_pages, board, "it")
    server.start()
    print("ready", flush=True)
    sys.stdin.read()
    threading.Thread(target=server.stop).start()


async def no_pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand for the pages, which nobody asks for here."""


if __name__ == "__main__":
    main(sys.argv[1], [Path(name) for name in sys.argv[2:]])
