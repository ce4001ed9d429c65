"""The calendar's address on a real server: the bytes as they are, 304 and HEAD right, and nothing for strangers."""

from __future__ import annotations

import http.client
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.core.feed import Subscription, token_sha256
from scheduler.errors import UserError
from scheduler.feed.entry import FeedFacts
from scheduler.feed.ics import Calendar, ics, read
from scheduler.feed.publication import Publication
from scheduler.service.durations import Durations
from scheduler.service.workspace import Workspace
from scheduler.web.calendar import Board
from scheduler.web.front import Front, django_pages
from scheduler.web.house import Site
from scheduler.web.probes import Probes
from scheduler.web.server import PageServer
from tests.feed.test_readers import ENTRIES, FACTS

TOKEN = "q-3_aZ09token"
PATH = f"/calendario/{TOKEN}.ics"
NOW = datetime(2026, 2, 27, 9, tzinfo=UTC)


def made(count: int = len(ENTRIES)) -> Calendar:
    found = read(ics(ENTRIES[:count], FACTS))
    assert found
    return found[0]


@dataclass
class Server:
    """A server of pages that are broken throughout, and a board."""

    board: Board
    address: tuple[str, int]

    def ask(self, path: str = PATH, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content, {name.lower(): value for name, value in answer.getheaders()}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    def broken() -> list[object]:
        raise UserError(())

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    board = Board()
    listen, probes = f"{host}:{port}", Probes(broken, Durations().read)  # type: ignore[arg-type]
    found = PageServer(listen, Front(broken, Site(listen), "it", probes, django_pages()), board, "it")  # type: ignore[arg-type]
    found.start()
    yield Server(board, (host, port))
    found.stop()


@pytest.fixture(autouse=True)
def shown(server: Server) -> Calendar:
    calendar = made()
    server.board.show({token_sha256(TOKEN): calendar})
    return calendar


def test_the_bytes_go_out_as_they_are(server: Server, shown: Calendar) -> None:
    status, content, headers = server.ask(Accept="text/html", Accept_Encoding="gzip, br, zstd")
    assert (status, content) == (200, shown.content)
    assert headers["content-type"] == "text/calendar; charset=utf-8"
    assert headers["content-length"] == str(len(content))
    assert headers["cache-control"] == "private, no-cache"
    assert TOKEN not in str(headers)
    assert not headers.keys() & {"set-cookie", "location", "content-encoding", "www-authenticate", "retry-after"}


def test_who_has_them_already_gets_no_bytes(server: Server) -> None:
    etag = server.ask()[2]["etag"]
    assert etag.startswith('"')
    for known in (etag, f"W/{etag}", f'"x", {etag}', "*", f' {etag} ,"y"'):
        status, content, headers = server.ask(If_None_Match=known)
        assert (status, content, headers["etag"]) == (304, b"", etag)
        assert "content-type" not in headers
        assert server.ask(method="HEAD", If_None_Match=known)[0] == 304
    for other in ('"x"', etag.strip('"'), "", '"*"', etag[:-1]):
        assert server.ask(If_None_Match=other)[0] == 200


def test_head_says_what_get_would(server: Server) -> None:
    get, head = server.ask(), server.ask(method="HEAD")
    assert (head[0], head[1]) == (200, b"")
    assert {**head[2], "date": ""} == {**get[2], "date": ""}


def test_another_calendar_has_another_tag(server: Server, shown: Calendar) -> None:
    before = server.ask()[2]["etag"]
    server.board.show({token_sha256(TOKEN): made(3)})
    status, content, _ = server.ask(If_None_Match=before)
    assert (status, content) == (200, made(3).content)
    server.board.show({token_sha256(TOKEN): shown})
    assert server.ask()[2]["etag"] == before, "the same bytes, the same tag"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/calendario/altro.ics",
            "/calendario/.ics",
            "/calendario/",
            f"/calendario/{TOKEN}",
            f"{PATH}/",
            f"{PATH}.ics",
        ),
        *(
            f"/calendario//{TOKEN}.ics",
            f"/calendario/../{TOKEN}.ics",
            f"/calendario/{TOKEN}.ICS",
            f"/Calendario/{TOKEN}.ics",
        ),
        *(f"/calendario/{'x' * 5000}.ics", "/calendario/%00%ff%0d%0a.ics", f"/calendario/{TOKEN}%00.ics"),
        f"/calendario/{quote(token_sha256(TOKEN))}.ics",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_for_strangers(server: Server, path: str, method: str) -> None:
    status, content, headers = server.ask(path, method)
    if not path.startswith("/calendario/"):  # an address of the pages, which are broken here
        assert status == 503
        return
    assert status == 404
    assert content in (b"404\n", b"")
    assert "etag" not in headers


@given(st.text(max_size=120))
def test_no_token_whatever_it_is_breaks_the_look(token: str) -> None:
    board = Board()
    board.show({token_sha256(TOKEN): made(1)})
    assert (board.find(f"/calendario/{token}.ics") is None) == (token != TOKEN)


def test_a_question_mark_changes_nothing_and_it_only_reads(server: Server) -> None:
    assert server.ask(f"{PATH}?v=2")[0] == 200
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
        status, _, headers = server.ask(method=method)
        assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_the_calendar_goes_out_while_the_pages_are_broken(server: Server) -> None:
    assert server.ask("/")[0] == 503
    assert server.ask()[0] == 200


def test_the_token_is_in_no_log(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for path in (PATH, f"{PATH}x"):
            server.ask(path)
    assert TOKEN not in caplog.text


def test_a_new_process_shows_what_was_published_before_it_has_built_anything(server: Server, tmp_path: Path) -> None:
    tokens = (Subscription(token_sha256("a")), Subscription(token_sha256("b"), revoked_at=NOW))
    facts = FeedFacts("Scadenzario", "Europe/Rome", "it")
    published = Publication(Workspace(tmp_path)).publish({}, (), tokens, facts)
    server.board.show(published)
    before = [server.ask(f"/calendario/{name}.ics") for name in "ab"]
    server.board.show({})
    assert server.ask("/calendario/a.ics")[0] == 404
    server.board.show(Publication(Workspace(tmp_path)).load())
    after = [server.ask(f"/calendario/{name}.ics") for name in "ab"]
    assert [(item[0], item[1], item[2]["etag"]) for item in after] == [
        (200, item[1], item[2]["etag"]) for item in before
    ]
