"""What monitoring asks: readiness as JSON, and numbers that Prometheus' own parser reads, whatever is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from scheduler import __version__
from scheduler.errors import Problem, UserError
from scheduler.service.durations import Durations
from scheduler.service.engine import Kind
from scheduler.service.health import COMPONENTS, Health
from scheduler.web.front import Front, django_pages
from scheduler.web.house import House, Site
from scheduler.web.probes import Probes
from tests.web.asking import Visitor

NOW = datetime(2025, 2, 27, 9, tzinfo=UTC)
WELL = dict.fromkeys(COMPONENTS, ())


def pages_of(health: Health | None, durations: Durations | None = None) -> Visitor:
    """The pages of a service that is so; None: of one where that cannot be found out."""

    def asked() -> Health:
        if health is None:
            raise RuntimeError("a fault of ours")
        return health

    def gone() -> House:
        raise UserError((Problem("ledger", "gone"),))

    pages = Front(gone, Site("127.0.0.1:8080"), "it", Probes(asked, (durations or Durations()).read), django_pages())
    return Visitor(pages)


def samples(pages: Visitor) -> dict[tuple[str, tuple[str, ...]], float]:
    """The values of /metrics, by name and labels' values."""
    answer = pages.get("/metrics")
    assert (answer.status, answer["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    families = text_string_to_metric_families(answer.content.decode())
    return {(item.name, tuple(item.labels.values())): item.value for one in families for item in one.samples}


def readiness(pages: Visitor) -> tuple[int, Mapping[str, object]]:
    answer = pages.get("/readyz")
    assert answer["content-type"] == "application/json"
    return answer.status, json.loads(answer.content)


def test_all_is_well() -> None:
    health = Health(
        NOW,
        WELL,
        next_milestone_at=datetime(2025, 3, 1, tzinfo=UTC),
        swept_at=datetime(2025, 2, 27, 8, 58, tzinfo=UTC),
        overdue=2,
        deliveries={"sent": 40, "planned": 0},
        failed_deliveries=0,
        open_actions=3,
        failed_actions=1,
    )
    durations = Durations()
    durations.observe(Kind.PERFORM, 2.0)
    pages = pages_of(health, durations)
    status, content = readiness(pages)
    assert (status, content["ready"]) == (200, True)
    assert content["components"] == {name: {"ok": True, "problems": []} for name in COMPONENTS}
    found = samples(pages)
    told = {
        ("scadenzario_build_info", (__version__,)): 1,
        ("scadenzario_seconds_since_last_sweep", ()): 120,
        ("scadenzario_next_milestone_timestamp_seconds", ()): datetime(2025, 3, 1, tzinfo=UTC).timestamp(),
        ("scadenzario_overdue_occurrences", ()): 2,
        ("scadenzario_deliveries", ("sent",)): 40,
        ("scadenzario_deliveries", ("planned",)): 0,
        ("scadenzario_failed_deliveries", ()): 0,
        ("scadenzario_open_actions", ()): 3,
        ("scadenzario_failed_actions", ()): 1,
        ("scadenzario_action_duration_seconds_count", ()): 1,
        ("scadenzario_action_duration_seconds_sum", ()): 2,
        ("scadenzario_action_duration_seconds_bucket", ("1.0",)): 0,
        ("scadenzario_action_duration_seconds_bucket", ("2.5",)): 1,
        ("scadenzario_action_duration_seconds_bucket", ("+Inf",)): 1,
        ("scadenzario_delivery_duration_seconds_count", ()): 0,
        **{("scadenzario_component_ok", (name,)): 1 for name in COMPONENTS},
    }
    assert {key: found.get(key) for key in told} == told
    assert any(name.startswith("process_") for name, _ in found)


def test_what_is_wrong_is_said_without_people() -> None:
    problem = Problem(
        "data/x.xlsx", "«Rossi Anna» <anna.rossi@cmm.example> non va", "correggere", "550 anna@cmm.example"
    )
    pages = pages_of(Health(NOW, {**WELL, "mail": (problem,)}))
    status, content = readiness(pages)
    assert (status, content["ready"]) == (503, False)
    mail = content["components"]["mail"]  # type: ignore[index]
    assert mail == {"ok": False, "problems": ["data/x.xlsx: 550 …@…; correggere"]}
    found = samples(pages)
    assert found["scadenzario_component_ok", ("mail",)] == 0
    assert found["scadenzario_component_ok", ("ledger",)] == 1


def test_what_is_not_known_is_left_out() -> None:
    names = {name for name, _ in samples(pages_of(Health(NOW, WELL)))}
    unknown = ("seconds_since_last_sweep", "next_milestone_timestamp_seconds", "overdue_occurrences", "open_actions")
    assert not names & {f"scadenzario_{name}" for name in unknown}


def test_a_fault_of_ours_is_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    pages = pages_of(None)
    assert readiness(pages) == (503, {"ready": False, "components": {}})
    assert samples(pages)["scadenzario_build_info", (__version__,)] == 1
    assert "health not known" in caplog.text


def test_a_page_that_cannot_be_built_says_so_and_the_process_is_alive() -> None:
    pages = pages_of(None)
    assert pages.get("/").status == 503
    assert pages.get("/healthz").content == b"ok\n"
