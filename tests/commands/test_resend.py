"""Mails that failed: what readiness, status and `resend` say and do, with a real server and real commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.commands.office import NOW, Office, get, office_with_server, until
from tests.mail.servers import Inbox

LATER, TOMORROW = ("--now", "2025-02-10T09:10"), ("--now", "2025-02-11T09:00")
REFUSED = "direzione.lavoro@cmm.example"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def office(workspace: Path, inbox: Inbox) -> Iterator[Office]:
    with office_with_server(workspace, inbox) as office:
        yield office


def test_without_failed_mails_there_is_nothing_to_do(office: Office) -> None:
    result = office.command("resend", *NOW)
    assert (result.returncode, result.stdout) == (0, "Nessuna mail da rimandare.\n")


def test_all_that_failed_goes_again_at_the_next_pass(office: Office, inbox: Inbox) -> None:
    inbox.final_reply = "554 5.7.1 refused by policy"
    assert office.command("sweep", *NOW).returncode == 6
    status = office.command("status", *NOW)
    assert status.returncode == 1
    assert "scadenzario resend" in status.stdout
    failed = [mail for mail in office.json("status", *NOW)["mails"] if mail["failed"]]
    assert failed
    inbox.final_reply = "250 OK"
    result = office.command("resend", *LATER)
    lines = result.stdout.splitlines()
    assert result.returncode == 0
    assert len(lines) == len(failed) + 1
    assert all(line.startswith("sarà rimandata: ") and "@" not in line for line in lines[:-1])
    assert "scadenzario sweep" in lines[-1]
    assert inbox.mails == [], "the pass sends, not the command"
    assert office.command("sweep", *LATER).returncode == 0
    assert len(inbox.mails) == len(failed)
    assert office.json("status", *LATER)["mails"] == []


def test_who_was_refused_gets_the_same_bytes_and_nobody_twice(office: Office, inbox: Inbox) -> None:
    inbox.refusals[REFUSED] = "550 5.1.1 no such user"
    office.command("sweep", *NOW)
    before = len(inbox.mails)
    [mail] = [mail for mail in office.json("status", *NOW)["mails"] if "costi-personale-annuale" in mail["action"]]
    assert (mail["state"], mail["failed"]) == ("sent", True)
    inbox.refusals.clear()
    assert office.command("resend", mail["action"], *LATER).returncode == 0
    assert office.command("sweep", *LATER).returncode == 0
    [again] = inbox.mails[before:]
    assert again.recipients == (REFUSED,)
    [first] = [item for item in inbox.mails[:before] if item.content == again.content]
    assert REFUSED not in first.recipients
    left = [item["action"] for item in office.json("status", *LATER)["mails"]]
    assert mail["action"] not in left
    office.command("sweep", *TOMORROW)
    assert [item.content for item in inbox.mails].count(again.content) == 2


def test_a_mail_is_given_up_by_its_message_id_and_what_was_sent_stays_sent(office: Office, inbox: Inbox) -> None:
    inbox.refusals[REFUSED] = "550 5.1.1 no such user"
    office.command("sweep", *NOW)
    before = office.json("status", *NOW)["mails"]
    result = office.command("resend", before[0]["message_id"].strip("<>"), "--cancel", *LATER)
    assert result.stdout.splitlines()[0].startswith("rinunciata: ")
    assert [mail["message_id"] for mail in office.json("status", *LATER)["mails"]] == [
        mail["message_id"] for mail in before[1:]
    ]
    count = len(inbox.mails)
    office.command("resend", "--cancel", *LATER)
    assert office.json("status", *LATER)["mails"] == []
    inbox.refusals.clear()
    office.command("sweep", *LATER)
    assert len(inbox.mails) == count


def test_a_name_that_is_none_changes_nothing(office: Office, inbox: Inbox) -> None:
    inbox.final_reply = "554 5.7.1 refused by policy"
    office.command("sweep", *NOW)
    before = office.json("status", *NOW)["mails"]
    result = office.command("resend", before[0]["action"], "unheard/2025", *LATER)
    assert result.returncode == 2
    assert "«unheard/2025»" in result.stderr
    assert office.json("status", *NOW)["mails"] == before


def test_a_running_service_turns_red_and_after_resend_green(office: Office, inbox: Inbox) -> None:
    inbox.final_reply = "554 5.7.1 <anna@cmm.example> refused"
    with office.running() as address:
        assert until(lambda: '"failed"' in get(address, "/metrics")[1] and failed(address) > 0), office.log
        assert until(lambda: not problems(address)["sweep"]), office.log
        status, content = get(address, "/readyz")
        assert (status, "@" in content, "resend" in content) == (503, False, True)
        inbox.final_reply = "250 OK"
        result = office.command("resend", *LATER)
        assert "servizio in funzione" in result.stdout.splitlines()[-1]
        assert until(lambda: get(address, "/readyz")[0] == 200), office.log
        assert failed(address) == 0
        assert value(address, "scadenzario_delivery_duration_seconds_count") >= len(inbox.mails)
        assert value(address, "scadenzario_action_duration_seconds_count") > 0
        assert get(address, "/healthz") == (200, "ok\n")


def test_a_ledger_that_goes_while_the_service_runs(office: Office) -> None:
    with office.running() as address:
        assert until(lambda: get(address, "/readyz")[0] == 200), office.log
        for path in (office.workspace / "var").glob("ledger.sqlite3*"):
            path.unlink()
        status, _ = get(address, "/readyz")
        assert status == 503
        assert problems(address)["ledger"]
        status, numbers = get(address, "/metrics")
        assert status == 200
        assert 'scadenzario_component_ok{component="ledger"} 0.0' in numbers
        assert 'scadenzario_component_ok{component="config"} 1.0' in numbers
        assert value(address, "scadenzario_next_milestone_timestamp_seconds") > 0
        assert get(address, "/healthz")[0] == 200


def test_a_broken_file_while_the_service_runs(office: Office) -> None:
    with office.running() as address:
        assert until(lambda: get(address, "/readyz")[0] == 200), office.log
        path = office.workspace / "deadlines.yaml"
        good = path.read_text("utf-8")
        path.write_text("version: 1\n", "utf-8")
        office.reread()
        assert until(lambda: bool(problems(address)["config"])), office.log
        assert get(address, "/readyz")[0] == 503
        path.write_text(good, "utf-8")
        office.reread()
        assert until(lambda: get(address, "/readyz")[0] == 200), office.log


def problems(address: str) -> dict[str, list[str]]:
    components = json.loads(get(address, "/readyz")[1])["components"]
    return {name: found["problems"] for name, found in components.items()}


def value(address: str, name: str) -> float:
    families = text_string_to_metric_families(get(address, "/metrics")[1])
    return next(item.value for one in families for item in one.samples if item.name == name)


def failed(address: str) -> float:
    return value(address, "scadenzario_failed_deliveries")
