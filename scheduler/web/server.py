"""The thread that serves the pages, the probes and the calendar."""

from __future__ import annotations

import socket
import threading
from typing import Any

import uvicorn

from scheduler.errors import Problem, UserError
from scheduler.locale import text
from scheduler.web.calendar import Application, Board, Calendars


class PageServer:
    """Serves pages and calendars from a thread of its own; the address is taken at once: whoever is told can call."""

    def __init__(self, listen: str, pages: Application, board: Board, lang: str) -> None:
        """Take the address `host:port`.

        Raises:
            UserError: it is in use, or is not this machine's.
        """
        self._socket = _bound(listen, lang)
        # No access log: the feed's address holds its token. No word of a proxy is taken here, for anybody can say it.
        options: dict[str, Any] = {"access_log": False, "log_level": "warning", "lifespan": "off"}
        options |= {"server_header": False, "ws": "none", "proxy_headers": False}
        config = uvicorn.Config(Calendars(board, pages), log_config=None, **options)  # its lines go where ours go
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="pages", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """End the requests in hand and stop."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()


def _bound(listen: str, lang: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)  # by which a small answer goes out without waiting for more
    except OSError as error:
        raise UserError((_problem(listen, lang, error),)) from error
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise UserError((_problem(listen, lang, error),)) from error
    return taken


def _problem(listen: str, lang: str, error: OSError) -> Problem:
    what = text(lang, "run.no-address", value=listen, reason=error.strerror or "")
    return Problem("SCADENZARIO_LISTEN", what, text(lang, "run.no-address.remedy"))
