"""What goes wrong in an office's day: the right person is told once, the rest goes on, and mending is enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from openpyxl import load_workbook

from scheduler.app import App
from scheduler.core.ledger import Act, ActKind, DeliveryState, Outcome
from scheduler.ledger import database
from scheduler.service.simulate import FalseClock
from scheduler.settings import read_settings

DRAFT_DAY = datetime(2025, 2, 8, 8, 0, tzinfo=UTC)  # costi-personale-annuale/2024/draft-20d, 9:00 in Rome
KEY = "costi-personale-annuale/2024"


@pytest.fixture
def clock() -> FalseClock:
    return FalseClock(DRAFT_DAY - timedelta(days=1))


@pytest.fixture
def app(workspace: Path, clock: FalseClock) -> Iterator[App]:
    app = App(read_settings({}, workspace), clock)
    yield app
    database.close(app.store.alias)


def mails(app: App) -> list[tuple[str, str]]:
    """The subject and text of every mail that was sent, in order."""
    found = []
    for mail in app.store.deliveries.all():
        assert mail.state is DeliveryState.SENT
        message = message_from_bytes(app.workspace.read(mail.path), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append((mail.subject, " ".join(body.get_content().split())))
    return found


def outcomes(app: App, suffix: str) -> dict[str, Outcome]:
    performances = app.store.snapshot().performances
    return {key: item.outcome for key, item in performances.items() if key.endswith(suffix)}


def test_a_missing_workbook_is_told_once_and_its_arrival_makes_the_draft(app: App, clock: FalseClock) -> None:
    path = app.workspace.root / "data/costi/2024-Q3.xlsx"
    content = path.read_bytes()
    path.unlink()
    app.sweeper.sweep()
    clock.now = DRAFT_DAY
    report = app.sweeper.sweep()
    assert [item.action_key for item in report.failed] == [
        "costi-personale-trimestrale/2024-Q4/draft-20d",  # it adds up the year, so it wants the same workbook
        f"{KEY}/draft-20d",
    ]
    assert outcomes(app, "tavolo-accreditati/2025-02/draft-20d") == {
        "tavolo-accreditati/2025-02/draft-20d": Outcome.PERFORMED
    }, "the other obligations go on"
    troubles = [item for item in mails(app) if item[0].startswith("Bozza non prodotta – Report annuale")]
    assert len(troubles) == 1
    assert "File: data/costi/2024-Q3.xlsx Che cosa non va: il file non c'è" in troubles[0][1]
    assert "AFOL Metropolitana" in troubles[0][1], "who can mend it"
    assert "release" not in troubles[0][1], "what is not there cannot be released"
    [asked] = [item for item in mails(app) if item[0].startswith("Dati da correggere – Report annuale")]
    assert "File: data/costi/2024-Q3.xlsx Che cosa non va: il file non c'è" in asked[1]

    clock.now = DRAFT_DAY + timedelta(hours=1)
    app.sweeper.sweep()
    again = [item for item in mails(app) if item[0].startswith("Bozza non prodotta – Report annuale")]
    assert again == troubles, "told once"

    path.write_bytes(content)
    clock.now = DRAFT_DAY + timedelta(hours=4)
    app.sweeper.sweep()
    assert outcomes(app, f"{KEY}/draft-20d") == {f"{KEY}/draft-20d": Outcome.PERFORMED}
    assert [(item.document, item.version) for item in app.store.drafts(KEY)] == [
        ("richiesta-dati", 1),
        ("costi-personale-annuale", 1),
        ("nota-trasmissione", 1),
    ]


def test_a_draft_that_fails_never_silences_the_reminder(app: App, clock: FalseClock) -> None:
    (app.workspace.root / "data/costi/2024-Q3.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    app.sweeper.sweep()
    for days in (0, 5):
        clock.now = DRAFT_DAY + timedelta(days=days)
        app.sweeper.sweep()
    subject, plain = next(item for item in mails(app) if item[0].startswith("Promemoria – Report annuale"))
    assert "Che cosa manca" in plain
    assert "data/costi/2024-Q3.xlsx" in plain
    assert "nessuna bozza" in plain
    assert subject.endswith("(termine 28/02/2025)")


def test_a_missing_template_is_named_with_its_remedy(app: App, clock: FalseClock) -> None:
    app.workspace.template("costi-personale-annuale").unlink()
    app.sweeper.sweep()
    clock.now = DRAFT_DAY
    [failed] = app.sweeper.sweep().failed
    assert failed.problems == (
        "templates/costi-personale-annuale.docx: il modello non c'è; metterlo nella cartella templates/ o correggere "
        "il nome in deadlines.yaml",
    )


def test_figures_that_disagree_stop_the_draft_and_the_mail_tells_cells_but_no_values(
    app: App, clock: FalseClock
) -> None:
    path = app.workspace.root / "data/costi/2024-Q4.xlsx"
    workbook = load_workbook(path)
    workbook["Costi"]["F5"] = 777777.77
    workbook.save(path)
    app.sweeper.sweep()
    clock.now = DRAFT_DAY
    failed = app.sweeper.sweep().failed
    assert failed  # the year's draft, and the last quarter's
    assert all("controllo «totale-per-componente» non superato" in item.problems[0] for item in failed)
    texts = [text for _, text in mails(app) if "totale-per-componente" in text]
    assert texts
    assert all("data/costi/2024-Q4.xlsx [Costi] I5:I" in text for text in texts)
    assert all("totale = …, lordo + oneri + irap = …" in text for text in texts)


def test_a_request_whose_letter_cannot_be_made_goes_without_it_and_the_reason_is_seen(
    app: App, clock: FalseClock
) -> None:
    app.workspace.template("richiesta-dati").unlink()
    (app.workspace.root / "data/costi/2024-Q4.xlsx").unlink()
    clock.now = DRAFT_DAY
    report = app.sweeper.sweep()
    plain = next(text for subject, text in mails(app) if subject.startswith("Richiesta dati – Report annuale"))
    assert "data/costi/2024-Q4.xlsx" in plain
    assert "lettera allegata" not in plain
    [request] = [item.performance for item in report.done if item.action.key == f"{KEY}/request-30d"]
    assert "templates/richiesta-dati.docx: il modello non c'è" in request.problems[0]


def test_what_is_closed_is_nobodys_trouble_any_more(app: App, clock: FalseClock) -> None:
    (app.workspace.root / "data/costi/2024-Q4.xlsx").unlink()
    clock.now = DRAFT_DAY
    app.sweeper.sweep()

    def problems() -> tuple[str, ...]:
        return next(item.problems for item in app.statuses() if item.occurrence.key == KEY)

    assert problems()
    app.store.record_act(Act(ActKind.WAIVER, KEY, clock.now, "anna", reason="non dovuta"))
    assert problems() == ()


def test_an_outage_gives_one_digest_for_each_desk_and_the_drafts_that_are_due(app: App, clock: FalseClock) -> None:
    app.sweeper.sweep()
    before = len(mails(app))
    clock.now = DRAFT_DAY + timedelta(days=14)
    report = app.sweeper.sweep()
    kinds = [item.action.kind for item in report.done]
    assert kinds.count("digest") == 3, "rendicontazione, monitoraggio, direzione"
    assert kinds.count("draft") == 3
    new = mails(app)[before:]
    digests = [plain for subject, plain in new if subject.startswith("Riepilogo")]
    assert len(digests) == 3
    assert any("in ritardo" in plain for plain in digests)
    assert app.sweeper.sweep().done == (), "nothing is said twice"


def test_a_suppliers_digest_still_says_which_workbooks_are_wanted(app: App, clock: FalseClock) -> None:
    clock.now = DRAFT_DAY - timedelta(days=60)
    app.sweeper.sweep()
    clock.now = datetime(2025, 1, 6, 8, tzinfo=UTC)  # requests of 27 and 29 December went unsaid
    app.sweeper.sweep()
    subject, _ = next(item for item in mails(app) if "data/servizi/2024-H2.xlsx" in item[1])
    assert subject.startswith("Riepilogo")


def test_a_first_start_says_nothing_of_what_was_due_before(app: App, clock: FalseClock) -> None:
    clock.now = DRAFT_DAY
    report = app.sweeper.sweep()
    occurrences = {item.occurrence.key: item.occurrence for done in report.done for item in done.action.items}
    assert occurrences
    assert all(item.legal_due_on >= DRAFT_DAY.date() for item in occurrences.values())


def test_data_that_are_here_already_are_not_asked_for(app: App, clock: FalseClock) -> None:
    clock.now = DRAFT_DAY
    report = app.sweeper.sweep()
    by_key = {item.action.key: item.performance.outcome for item in report.done}
    assert by_key[f"{KEY}/request-30d"] is Outcome.SKIPPED
    assert by_key[f"{KEY}/draft-20d"] is Outcome.PERFORMED


def test_a_full_disk_loses_nothing(app: App, clock: FalseClock) -> None:
    """A file stands where the drafts' folder should be: nothing can be written there, as on a full disk."""
    app.sweeper.sweep()
    folder = app.workspace.var / "drafts" / KEY
    folder.rename(folder.with_suffix(".aside"))
    folder.touch()
    clock.now = DRAFT_DAY
    [failed] = app.sweeper.sweep().failed
    assert "non si può scrivere" in failed.problems[0]
    assert [item.document for item in app.store.drafts(KEY)] == ["richiesta-dati"]
    folder.unlink()
    folder.with_suffix(".aside").rename(folder)
    clock.now = DRAFT_DAY + timedelta(hours=1)
    app.sweeper.sweep()
    assert len(app.store.drafts(KEY)) == 3
