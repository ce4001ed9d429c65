"""Mail servers and certificates for the tests of the mail adapter."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from tests.conftest import missing

from .imap import Dovecot, ScriptedImap, dovecot, dovecot_binary
from .servers import Action, ScriptedServer, mail_server


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedServer]]:
    """Start servers with a script: `scripted(RCPT=["550 no"])`."""
    with ExitStack() as stack:

        def start(**script: Sequence[Action]) -> ScriptedServer:
            server = ScriptedServer(script)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    """Start well-behaved servers: `serve(inbox, implicit_tls=…)` returns the port."""
    with ExitStack() as stack:
        yield lambda inbox, **options: stack.enter_context(mail_server(inbox, **options))


@pytest.fixture
def scripted_imap() -> Iterator[Callable[..., ScriptedImap]]:
    """Start IMAP servers with a script: `scripted_imap(LOGIN=["TAG NO no"], tls=…)`."""
    with ExitStack() as stack:

        def start(tls: ssl.SSLContext | None = None, **script: Sequence[Action]) -> ScriptedImap:
            server = ScriptedImap(script, tls)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="session")
def imap_server(authority: trustme.CA) -> Iterator[Dovecot]:
    """One dovecot for all tests, each with a user of its own."""
    binary = dovecot_binary()
    if binary is None:
        missing("dovecot")
        return
    with dovecot(binary, authority) as server:
        yield server


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="session")
def certificate(authority: trustme.CA) -> Callable[[str], ssl.SSLContext]:
    """Return a server's TLS context with a certificate for a host name."""

    def context(host: str) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(made)
        return made

    return context


@pytest.fixture(scope="session")
def expired(authority: trustme.CA) -> ssl.SSLContext:
    """A server's TLS context with a certificate for `localhost` that was good until 2020."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    over = datetime(2020, 1, 1, tzinfo=UTC)
    authority.issue_cert("localhost", not_before=over - timedelta(days=30), not_after=over).configure_cert(made)
    return made
