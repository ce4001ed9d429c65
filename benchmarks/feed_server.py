"""One process of the feed's measurement: the service's own server, with calendars that are given as files.

`python -m benchmarks.feed_server ADDRESS FILE…`: each file is shown under its name without a suffix as the token.
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from scheduler.core.feed import token_sha256
from scheduler.feed.ics import read
from scheduler.service.durations import Durations
from scheduler.service.health import Health
from scheduler.web.calendar import Board
from scheduler.web.probes import Probes
from scheduler.web.server import Pages, PageServer


def main(listen: str, files: list[Path]) -> None:
    """Serve until standard input ends."""
    board, now = Board(), datetime.now(UTC)
    found = {path: read(path.read_bytes()) for path in files}
    board.show({token_sha256(path.stem): made[0] for path, made in found.items() if made})
    pages = Pages(list, "it", lambda: now, Probes(lambda: Health(now, {}), Durations().read))
    server = PageServer(listen, pages, board)
    server.start()
    print("ready", flush=True)
    sys.stdin.read()
    threading.Thread(target=server.stop).start()


if __name__ == "__main__":
    main(sys.argv[1], [Path(name) for name in sys.argv[2:]])
