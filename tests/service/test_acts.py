"""What people do to an occurrence: every rule at once, beside its field; nobody is overtaken unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from scheduler.app import App
from scheduler.core.ledger import ActKind
from scheduler.core.plan import in_force
from scheduler.core.upload import Upload
from scheduler.errors import SourceError, UserError
from scheduler.feed.entry import FeedFacts, Wording
from scheduler.ledger import database
from scheduler.ledger.stale import StaleError
from scheduler.service.acts import Acts
from scheduler.settings import read_settings

KEY, OTHER = "costi-personale-annuale/2024", "cabina-regia-afol/2025-01"
NOW = datetime(2025, 2, 10, 8, tzinfo=UTC)
DAY = date(2025, 2, 10)
PROOF = Upload("ricevuta.eml", b"X-Ricevuta: avvenuta-consegna\nDate: Mon, 10 Feb 2025 08:00:00 +0000\n\n")


def app_of(workspace: Path, **environ: str) -> App:
    return App(read_settings({f"SCADENZARIO_{name}": value for name, value in environ.items()}, workspace), lambda: NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, workspace: Path) -> Iterator[App]:
    url = "sqlite:///var/ledger.sqlite3"
    app = app_of(
        workspace, DATABASE_URL=url if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    )
    yield app
    database.close(app.store.alias)


@pytest.fixture
def acts(app: App) -> Acts:
    return Acts(app.workspace, app.store, app.agenda, app.drafter, "it")


def submitted(acts: Acts, seen: int | None = None, who: str = "Anna Neri", proof: Upload | None = None) -> None:
    acts.submit(KEY, DAY, "0015384", proof, "trasmessa", who, seen, NOW)


def fields(error: UserError) -> list[str]:
    return [problem.where for problem in error.problems]


REFUSED: dict[str, tuple[Callable[[Acts], object], list[str]]] = {
    "everything of a submission": (
        lambda acts: acts.submit(KEY, date(2025, 2, 11), "AB-1", Upload("x.exe", b"MZ"), "x" * 2001, "", None, NOW),
        ["on", "protocol", "evidence", "who", "reason"],
    ),
    "no day": (lambda acts: acts.submit(KEY, None, "", None, "", "Anna", None, NOW), ["on"]),
    "before the period": (lambda acts: acts.submit(KEY, date(2023, 12, 31), "", None, "", "A", None, NOW), ["on"]),
    "digits of another alphabet": (lambda acts: acts.submit(KEY, DAY, "٣٣", None, "", "A", None, NOW), ["protocol"]),
    "everything of an extension": (
        lambda acts: acts.extend(KEY, DAY, " \x00\u202e", "", None, NOW),
        ["to", "reason", "who"],
    ),
    "no day to extend to": (lambda acts: acts.extend(KEY, None, "x", "A", None, NOW), ["to"]),
    "too far": (lambda acts: acts.extend(KEY, date(2026, 3, 2), "x", "A", None, NOW), ["to"]),
    "a waiver without a reason": (lambda acts: acts.waive(KEY, "\n", "A", None, NOW), ["reason"]),
    "a name of 201": (lambda acts: acts.waive(KEY, "x", "A" * 201, None, NOW), ["who"]),
    "nothing to reopen, and no reason": (lambda acts: acts.reopen(KEY, "", "A", None, NOW), ["key", "reason"]),
    "a draft without a reason": (lambda acts: acts.draft(KEY, "", "A", None, NOW), ["reason"]),
    "no such occurrence": (lambda acts: acts.waive("costi/\x00", "x", "A", None, NOW), ["key"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_everything_that_is_wrong_is_told_beside_its_field_and_nothing_is_recorded(acts: Acts, name: str) -> None:
    ask, wanted = REFUSED[name]
    with pytest.raises(UserError) as caught:
        ask(acts)
    assert sorted(fields(caught.value)) == sorted(wanted)
    assert all(problem.what and problem.remedy for problem in caught.value.problems)
    assert acts.store.acts_mark() == (0, 0)
    assert not (acts.workspace.var / "evidence").exists()


def test_acts_close_extend_and_reopen(acts: Acts) -> None:
    acts.extend(KEY, date(2025, 3, 14), "nota della Regione", "Anna", 0, NOW)
    submitted(acts, 1, proof=PROOF)
    with pytest.raises(UserError, match="è già chiusa: trasmissione di Anna Neri") as caught:
        acts.extend(KEY, DAY, "", "Anna", 2, NOW)
    assert fields(caught.value) == ["key", "to", "reason"]
    acts.reopen(KEY, "file sbagliato", "Anna", 2, NOW)
    acts.waive(KEY, "sciolta", "Anna", 3, NOW)
    kinds = [act.kind for act in acts.store.acts(KEY)]
    assert kinds == [ActKind.EXTENSION, ActKind.SUBMISSION, ActKind.REOPENING, ActKind.WAIVER]
    assert acts.store.acts(KEY)[1].reason == "trasmessa"
    assert acts.store.trail.first_broken() is None


def test_who_has_not_seen_the_newest_act_is_shown_it(acts: Acts) -> None:
    acts.extend(KEY, date(2025, 3, 14), "nota", "Bruno Bianchi", 0, NOW)
    with pytest.raises(StaleError, match="proroga di Bruno Bianchi, 10/02/2025 09:00") as caught:
        submitted(acts, 0)
    assert [act.who for act in caught.value.acts] == ["Bruno Bianchi"]
    with pytest.raises(StaleError, match="non contiene più"):  # a ledger that was restored knows less
        submitted(acts, 2)
    assert len(acts.store.acts(KEY)) == 1
    submitted(acts, 1)


@pytest.mark.parametrize("seen", [0, None], ids=["a form", "the command line"])
def test_of_many_at_once_one_is_recorded_and_the_others_see_it(acts: Acts, seen: int | None) -> None:
    several = 8
    barrier = Barrier(several)

    def one(number: int) -> Exception | None:
        barrier.wait()
        try:
            submitted(acts, seen, f"Persona {number}", replace(PROOF, name=f"{number}.eml"))
        except UserError as error:
            return error
        finally:
            database.close(acts.store.alias)
        return None

    acts.store.check()
    with ThreadPoolExecutor(several) as pool:
        found = list(pool.map(one, range(several)))
    [act] = acts.store.acts(KEY)
    errors = [error for error in found if error is not None]
    assert len(errors) == several - 1
    if seen is None:
        assert all(act.who in str(error) and not isinstance(error, StaleError) for error in errors)
    else:
        assert all(isinstance(error, StaleError) and error.acts == (act,) for error in errors)
    assert (acts.workspace.var / act.evidence).read_bytes() == PROOF.content
    assert acts.store.trail.first_broken() is None


def test_two_on_different_occurrences_do_not_hinder_each_other(acts: Acts) -> None:
    def one(key: str) -> None:
        acts.waive(key, "x", "Anna", 0, NOW)
        database.close(acts.store.alias)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, (KEY, OTHER)))
    assert acts.store.acts_mark()[1] == 2


def test_the_same_proof_is_kept_once(acts: Acts) -> None:
    submitted(acts, proof=PROOF)
    acts.reopen(KEY, "numero sbagliato", "Anna", None, NOW)
    submitted(acts, proof=replace(PROOF, name="di nuovo.eml"))
    [kept] = (acts.workspace.var / "evidence" / KEY).iterdir()
    assert {act.evidence for act in acts.store.acts(KEY)} == {"", f"evidence/{KEY}/{kept.name}"}


def test_a_draft_that_is_asked_for_is_recorded_and_made(acts: Acts) -> None:
    [document, *_] = acts.draft(KEY, "serve oggi", "Anna", 0, NOW)
    assert [act.kind for act in acts.store.acts(KEY)] == [ActKind.DRAFTING]
    assert document.draft in acts.store.drafts(KEY)
    assert (acts.workspace.var / document.draft.path).read_bytes() == document.content
    submitted(acts, 1)
    assert acts.draft(KEY, "ancora", "Anna", 2, NOW)[0].draft.version == 2, "a closed one can be drafted too"


def test_that_a_draft_was_asked_for_stays_where_it_cannot_be_made(acts: Acts) -> None:
    for path in (acts.workspace.root / "data").rglob("*.xlsx"):
        path.unlink()
    with pytest.raises(SourceError, match="il file non c'è"):
        acts.draft(KEY, "serve oggi", "Anna", 0, NOW)
    assert [act.kind for act in acts.store.acts(KEY)] == [ActKind.DRAFTING]
    assert acts.store.drafts(KEY) == ()


def test_asking_for_a_draft_changes_neither_state_nor_calendar(acts: Acts, app: App) -> None:
    acts.extend(KEY, date(2025, 3, 14), "nota", "Anna", 0, NOW)
    before = app.statuses()
    [status] = [item for item in before if item.occurrence.key == KEY]
    wording = Wording(FeedFacts("x", "Europe/Rome", "it"))
    said = wording.entry(status, acts.store.acts(KEY))
    acts.draft(KEY, "serve", "Anna", 1, NOW + timedelta(hours=1))
    assert app.statuses() == before
    assert wording.entry(status, acts.store.acts(KEY)) == said
    ledger = acts.store.snapshot([KEY])
    assert ledger.closing(KEY) is None
    assert in_force([status.occurrence], app.register.workdays, ledger)[0] == status.occurrence
