"""The interface does what its own document says: arbitrary requests, right and wrong ones, find no failure of ours."""

from __future__ import annotations

import json
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from scheduler.app import App
from scheduler.core.entrance import ApiToken, Permit, sha256_of
from scheduler.web.calendar import Board
from scheduler.web.server import PageServer
from tests.web.entering import ADMINISTRATOR, entry_of

TOKEN = "scad_for_arbitrary_requests"
EXAMPLES = 20  # of each way
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
WAYS = [
    ("GET", "/api/occurrences"),
    ("GET", "/api/occurrences/{obligation}/{period}"),
    ("GET", "/api/occurrences/{obligation}/{period}/drafts"),
    ("GET", "/api/occurrences/{obligation}/{period}/drafts/{document}/{version}"),
    ("GET", "/api/obligations"),
    ("GET", "/api/status"),
    ("GET", "/api/deliveries"),
    ("POST", "/api/occurrences/{obligation}/{period}/drafts"),
    ("POST", "/api/occurrences/{obligation}/{period}/submission"),
    ("POST", "/api/occurrences/{obligation}/{period}/extension"),
    ("POST", "/api/occurrences/{obligation}/{period}/waiver"),
    ("POST", "/api/occurrences/{obligation}/{period}/reopening"),
    ("POST", "/api/occurrences/{obligation}/{period}/release"),
]
KNOWN = {"obligation": "elenco-personale-annuale", "period": "2024"}


@pytest.fixture
def address(app: App, office: Path) -> Iterator[str]:
    """Where the pages of an office are served; a token for programs is known to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    entry = entry_of(office, LISTEN=listen)
    entry.app.store.api_tokens.add(ApiToken(sha256_of(TOKEN), ADMINISTRATOR, "prova", frozenset(Permit), entry.clock()))
    server = PageServer(listen, entry.application, Board(), "it")
    server.start()
    yield f"http://{listen}"
    server.stop()


@pytest.mark.parametrize("known", [True, False], ids=["known", "arbitrary"])
@pytest.mark.parametrize(("method", "way"), WAYS, ids=[" ".join(way) for way in WAYS])
def test_requests_of_every_kind_are_answered_as_the_document_says(
    address: str, method: str, way: str, *, known: bool
) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/api/openapi.json")
    operation = schema[way][method]

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        if known:
            case.path_parameters = {**(case.path_parameters or {}), **{k: v for k, v in KNOWN.items() if k in way}}
        answer = case.call(base_url=address, headers={"Authorization": f"Bearer {TOKEN}"})
        case.validate_response(answer, checks=CHECKS)

    ask()


def test_no_way_is_left_out(address: str) -> None:
    with urllib.request.urlopen(f"{address}/api/openapi.json") as answer:  # noqa: S310  (our own process)
        found = json.load(answer)
    ways = {(method.upper(), path) for path, place in found["paths"].items() for method in place}
    assert ways == set(WAYS)
