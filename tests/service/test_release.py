"""The readiness gate: who can mend what is missing is told, and a draft that a person releases says so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from scheduler.app import App
from scheduler.commands.acting import acts
from scheduler.core.ledger import Act, ActKind, Outcome
from scheduler.errors import Problem, SourceError, UserError
from scheduler.ledger import database
from scheduler.service.readiness import readiness
from scheduler.service.release import digest, paper, release_of
from scheduler.service.simulate import FalseClock
from scheduler.settings import read_settings

KEY = "elenco-personale-mensile/2026-09"
ACTION = f"{KEY}/draft-8d"
LIST = "data/personale/2026-09.xlsx"
DRAFT_DAY = datetime(2026, 10, 2, 7, 0, tzinfo=UTC)  # 9:00 in Rome, eight days before 10 October
MISSING = "«Sede CPI»: non c'è nessuna riga con «CPI 07»"
WHY = "la Regione li aspetta oggi"


@pytest.fixture
def clock() -> FalseClock:
    return FalseClock(DRAFT_DAY - timedelta(hours=1))


@pytest.fixture
def fresh(workspace: Path, clock: FalseClock) -> Iterator[App]:
    """An office that has not begun."""
    app = App(read_settings({}, workspace), clock)
    yield app
    app.press.close()
    database.close(app.store.alias)


@pytest.fixture
def app(fresh: App, clock: FalseClock) -> App:
    """The same when its draft could not be made."""
    fresh.sweeper.sweep()
    clock.now = DRAFT_DAY
    fresh.sweeper.sweep()
    return fresh


def mails(app: App, kind: str) -> list[tuple[str, tuple[str, ...], str]]:
    """The subject, recipients and text of the mails of that kind about the list."""
    found = []
    for mail in app.store.deliveries.all():
        if mail.action_key.startswith(f"{ACTION}{kind}"):
            message = message_from_bytes(app.workspace.read(mail.path), policy=policy.default)
            body = message.get_body(("plain",))
            assert body is not None
            found.append((mail.subject, mail.recipients, " ".join(body.get_content().split())))
    return found


def outcome(app: App) -> Outcome:
    return app.store.snapshot([KEY]).performances[ACTION].outcome


def sweep(app: App, clock: FalseClock, **later: int) -> None:
    clock.now += timedelta(**later)
    app.sweeper.sweep()


def release(app: App, wrong: str = "") -> Act:
    return acts(app).release(KEY, WHY, "Tullio Prova", None, app.clock(), wrong)


def change(app: App, cell: str, value: object) -> None:
    path = app.workspace.root / LIST
    book = load_workbook(path)
    book.worksheets[0][cell] = value  # type: ignore[index]  # of a sheet
    book.save(path)


def first_page(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs[:8]]


def test_who_can_mend_it_and_who_owns_it_are_told_once_and_nobody_else(app: App, clock: FalseClock) -> None:
    assert outcome(app) is Outcome.FAILED
    [(subject, to, said)] = mails(app, "/mend")
    assert subject.startswith("Dati da correggere – Aggiornamento mensile dell'elenco del personale")
    owner, supplier = (
        app.register.obligation("elenco-personale-mensile").owner,
        app.agenda.occurrence(KEY).obligation.supplier,
    )  # type: ignore[union-attr]  # the shipped file has it
    assert to == supplier.addresses  # type: ignore[union-attr]  # it has one
    for part in (
        f"File: {LIST}",
        "Foglio: Elenco",
        "Celle: C5:C",
        f"Che cosa non va: {MISSING}",
        "Esempio giusto: CPI 07",
    ):
        assert part in said
    [(_, to, told)] = mails(app, "/trouble")
    assert to == owner.addresses
    assert MISSING in told
    assert "ha ricevuto lo stesso elenco" in told
    assert f"scadenzario release {KEY}" in told
    sweep(app, clock, hours=1)
    sweep(app, clock, days=2)
    assert len(mails(app, "")) == 2, "the recipients get nothing, and nobody anything twice"


def test_another_list_is_told_anew_and_mending_is_enough(app: App, clock: FalseClock) -> None:
    change(app, "C5", "CPI 99")
    change(app, "F6", "a vita")
    sweep(app, clock, hours=1)
    [_, (_, _, said)] = mails(app, "/mend")
    assert "Esempio giusto: TI / TD / comando" in said
    assert "a vita" not in said, "what stands in a cell stays in it"
    assert "release" not in mails(app, "/trouble")[-1][2], "a cell that cannot be read cannot be released"
    change(app, "F6", "TI")
    change(app, "C5", "CPI 07")
    sweep(app, clock, days=1)
    assert outcome(app) is Outcome.PERFORMED
    [draft] = app.store.drafts(KEY)[-1:]
    assert "VERIFICATI" not in " ".join(first_page(app.workspace.read(draft.path)))


def test_a_release_makes_the_draft_at_the_next_sweep_and_everything_says_so(app: App, clock: FalseClock) -> None:
    act = release(app)
    assert (act.kind, act.who, act.reason, act.decides) == (ActKind.RELEASE, "Tullio Prova", WHY, False)
    assert app.store.trail.first_broken() is None
    assert MISSING in app.workspace.read(act.evidence).decode()
    sweep(app, clock, minutes=1)
    assert outcome(app) is Outcome.PERFORMED
    [draft] = app.store.drafts(KEY)[-1:]
    box = first_page(app.workspace.read(draft.path))
    assert box[0] == "DATI NON VERIFICATI"
    assert box[2].endswith(f": {MISSING}"), "the fault and its place, not how to mend it"
    assert box[3] == f"Sbloccata da Tullio Prova il 02/10/2026. Motivo: {WHY}"
    subject, to, said = mails(app, "")[-1]
    assert subject.startswith("Bozza con dati non verificati – ")
    assert len(to) == 2, "the owner and the recipients"
    assert f"Tullio Prova il 02/10/2026, con il motivo «{WHY}»" in said
    assert MISSING in said
    found = readiness(app.drafter, app.agenda.occurrence(KEY), clock.now)  # type: ignore[arg-type]  # it is there
    assert (found.is_ready, found.is_releasable) == (True, False)
    assert [item.what for item in found.warnings if item.releasable] == [f"sbloccato, non verificato: {MISSING}"]


def test_a_new_problem_stops_the_draft_again_and_less_of_the_old_does_not(app: App, clock: FalseClock) -> None:
    change(app, "C5", "CPI 01")
    release(app)
    (app.workspace.root / "deadlines.yaml").write_text(
        (app.workspace.root / "deadlines.yaml").read_text("utf-8").replace("CPI 09]", "CPI 09, CPI 10]"), "utf-8"
    )
    other = App(read_settings({}, app.workspace.root), clock)
    other.sweeper.sweep()
    assert outcome(other) is Outcome.FAILED
    assert "CPI 10" in mails(other, "/mend")[-1][2]
    release(other)
    change(app, "C5", "CPI 07")
    sweep(other, clock, hours=1)
    assert outcome(other) is Outcome.PERFORMED


@pytest.mark.parametrize(
    ("spoil", "wrong", "said"),
    [
        (("F6", "a vita"), "", "non si leggono"),
        (("C5", "CPI 07"), "", "sono a posto"),
        (("H6", "01/02/2020"), "0" * 64, "sono cambiati"),
    ],
)
def test_only_what_can_be_read_is_wrong_and_was_seen_is_released(
    fresh: App, spoil: tuple[str, object], wrong: str, said: str
) -> None:
    change(fresh, *spoil)
    with pytest.raises(UserError) as caught:
        release(fresh, wrong)
    assert said in caught.value.problems[0].what
    assert fresh.store.acts(KEY) == ()
    assert not (fresh.workspace.var / "evidence").exists()


def test_a_release_speaks_for_its_own_problems_only() -> None:
    one, two = Problem("a.xlsx", "uno", discreet="…"), Problem("a.xlsx", "due", discreet="…")

    class Kept:
        """A folder with one list."""

        def read(self, relative: str) -> bytes:
            if relative != "list":
                raise SourceError
            return paper([one]).content

    act = Act(ActKind.RELEASE, KEY, DRAFT_DAY, "Tullio Prova", evidence="list", reason=WHY)
    gone = Act(ActKind.RELEASE, KEY, DRAFT_DAY, "Tullio Prova", evidence="gone", reason=WHY)
    asked = Act(ActKind.DRAFTING, KEY, DRAFT_DAY, "Tullio Prova", reason="altro")
    assert release_of([act, asked], [one], Kept()) == act
    assert release_of([act], [], Kept()) == act
    assert release_of([act], [two], Kept()) is None, "the same to a reader of mail, but not the same"
    assert release_of([act], [one, two], Kept()) is None
    assert release_of([act, gone], [one], Kept()) is None
    assert release_of([asked], [one], Kept()) is None
    assert digest([one, two]) == digest([two, one]) != digest([one])
    assert b"uno" not in paper([one]).content
