"""After the months to keep only bytes go that nobody needs, and everything that looks at the ledger still works."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scheduler.app import App
from scheduler.core.kept import input_path
from scheduler.core.ledger import Act, ActKind
from scheduler.errors import SourceError, UserError
from scheduler.ledger import database
from scheduler.service.inputs import Inputs
from scheduler.service.reproduction import Likeness, Reproducer
from scheduler.settings import read_settings
from tests.keeping.places import KEY, LOCAL, NOW, Place, tree

QUARTER = "costi-personale-trimestrale/2026-Q3"  # drafted in the workspace in use
LATER = NOW + timedelta(days=800)


@pytest.fixture(scope="module")
def drafted(used: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace in use with three versions of a draft; never changed."""
    folder = tmp_path_factory.mktemp("drafted") / "office"
    shutil.copytree(used, folder)
    for number in range(2):
        with (folder / "deadlines.yaml").open("a", encoding="utf-8") as file:
            file.write(f"# {number}\n")  # so that each version has bytes of its own among what it was made of
        assert Place(folder).run("draft", QUARTER, *LOCAL).returncode == 0
    return folder


@pytest.fixture
def place(drafted: Path, tmp_path: Path) -> Place:
    """A copy of it."""
    shutil.copytree(drafted, tmp_path / "office")
    return Place(tmp_path / "office")


@pytest.fixture
def app(place: Place) -> App:
    """That workspace, which keeps twelve months, with seven automatic backups."""
    folder = place.root / "var/backups"
    folder.mkdir(exist_ok=True)
    for number in range(7):
        path = folder / f"ledger-before-000{number}_x.sqlite3"
        path.write_bytes(b"x" * 100)
        os.utime(path, (number, number))
    settings = read_settings({"SCADENZARIO_KEEP_MONTHS": "12"}, place.root)
    return App(settings, lambda: NOW)


def close_all(app: App) -> None:
    keys = {mail.occurrence_key for mail in app.store.deliveries.all() if mail.occurrence_key}
    for key in keys | app.store.drafted():
        app.store.record_act(Act(ActKind.WAIVER, key, NOW, "ada", reason="x"))


def closed(app: App, key: str) -> bool:
    return app.store.snapshot().closing(key) is not None


def tidy(app: App, now: datetime) -> tuple[int, int, int, int]:
    done = app.retention.tidy(now, lambda key: closed(app, key))
    assert done.problems == ()
    return done.mails, done.drafts, done.backups, done.bytes


def test_what_is_old_and_closed_goes_and_the_rest_stays(app: App, place: Place) -> None:
    close_all(app)
    before, rows = tree(place.root), app.store.deliveries.all()
    assert tidy(app, NOW + timedelta(days=364))[:2] == (0, 0), "not yet"
    all_drafts = [draft for key in app.store.drafted() for draft in app.store.drafts(key)]
    all_drafts.sort(key=lambda draft: draft.version)
    last = {(draft.occurrence_key, draft.document): draft.path for draft in all_drafts}
    mails, drafts, backups, freed = tidy(app, LATER)
    after = tree(place.root)
    gone = set(before) - set(after)
    assert {name for name in gone if name.startswith("var/mail/")} == {f"var/{mail.path}" for mail in rows}
    assert mails == len(rows) > 5
    assert drafts == len(all_drafts) - len(last) == 4
    assert not gone & {f"var/{path}" for path in last.values()}
    second = next(draft for draft in all_drafts if (draft.occurrence_key, draft.version) == (QUARTER, 2))
    assert second.making is not None
    assert {name for name in gone if "inputs" in name} == {f"var/{input_path(second.making.register)}"}
    assert (backups, tidy(app, LATER)) == (0, (0, 0, 0, 0)), "the backups went in the first pass, already"
    assert sorted(path.name for path in (place.root / "var/backups").iterdir()) == [
        f"ledger-before-000{number}_x.sqlite3" for number in range(2, 7)
    ]
    assert freed == sum(len(before[name]) for name in gone if "backups" not in name)
    assert all(name.startswith(("var/mail/", "var/drafts/", "var/inputs/", "var/backups/")) for name in gone)
    assert set(after) <= set(before)
    assert all(after[name] == before[name] for name in after)
    assert app.store.deliveries.all() == rows, "rows stay, with their fingerprints"
    database.close(app.store.alias)


def test_every_version_that_stays_can_be_made_again(app: App, place: Place) -> None:
    close_all(app)
    tidy(app, LATER)
    reproducer = Reproducer(app.workspace, app.store, app.press, "it")
    last = {draft.document: draft for draft in app.store.drafts(QUARTER)}
    assert {reproducer.reproduce(draft).likeness for draft in last.values()} == {Likeness.IDENTICAL}
    with pytest.raises(SourceError, match=r"deadlines\.yaml: i byte con cui la bozza fu fatta non ci sono più"):
        reproducer.reproduce(next(draft for draft in app.store.drafts(QUARTER) if draft.version == 2))
    app.press.close()
    database.close(app.store.alias)


def test_what_a_draft_needs_that_is_made_just_now_stays(app: App, place: Place) -> None:
    close_all(app)
    second = next(draft for draft in app.store.drafts(QUARTER) if draft.version == 2)
    assert second.making is not None
    path = place.root / "var" / input_path(second.making.register)
    os.utime(path, (LATER.timestamp(), LATER.timestamp()))
    assert Inputs(app.workspace).keep(path.read_bytes()) == second.making.register
    assert path.stat().st_mtime != LATER.timestamp(), "what is kept already counts as new"
    os.utime(path, (LATER.timestamp(), LATER.timestamp()))
    tidy(app, LATER)
    assert path.exists()
    database.close(app.store.alias)


def test_what_is_open_stays(app: App, place: Place) -> None:
    before = tree(place.root)
    app.retention.tidy(LATER, lambda key: False)
    gone = set(before) - set(tree(place.root))
    digests = {f"var/{mail.path}" for mail in app.store.deliveries.all() if not mail.occurrence_key}
    assert {name for name in gone if "backups" not in name} == digests
    database.close(app.store.alias)


def test_evidence_stays_and_is_in_the_backup(app: App, place: Place, tmp_path: Path) -> None:
    close_all(app)
    [kept] = (place.root / "var/evidence" / KEY).iterdir()
    content = kept.read_bytes()
    app.retention.tidy(LATER, lambda key: True)
    assert kept.read_bytes() == content
    saved = place.backup.write(tmp_path / "b.tar.gz", NOW)
    assert (saved.problems, len(saved.absent) > 5) == ((), True), "what retention removed is not lost"
    restored = Place(tmp_path / "restored")
    restored.restore.put(tmp_path / "b.tar.gz", NOW)
    [back] = (restored.root / "var/evidence" / KEY).iterdir()
    assert (back.name, back.read_bytes()) == (kept.name, content)
    database.close(app.store.alias)


def test_everything_still_works_afterwards(app: App, place: Place, tmp_path: Path) -> None:
    close_all(app)
    mail = app.store.deliveries.all()[0]
    app.retention.tidy(LATER, lambda key: True)
    with pytest.raises(SourceError, match="il file non si può leggere"):
        app.workspace.read(mail.path)
    database.close(app.store.alias)
    for command in (("explain", QUARTER), ("list",), ("status",), ("sweep",)):
        result = place.run(*command, *LOCAL)
        assert (result.returncode, "Traceback" in result.stderr) == (0, False), result.stderr
    result = place.run("backup", tmp_path / "b.tar.gz")
    assert (result.returncode, "non ci sono più" in result.stderr) == (0, True)
    drafted = place.run("draft", QUARTER, "--json", *LOCAL)
    assert '"version": 4' in drafted.stdout, "numbers go on: rows stay"


def test_by_default_nothing_ever_goes(app: App, place: Place) -> None:
    close_all(app)
    before = tree(place.root)
    other = App(read_settings({}, place.root), lambda: NOW)
    assert other.retention.tidy(LATER, lambda key: True).bytes == 0
    assert tree(place.root) == before
    database.close(app.store.alias)


def test_a_path_that_leads_elsewhere_is_never_removed(app: App, place: Place) -> None:
    from scheduler.ledger import models

    close_all(app)
    rows = list(models.Delivery.objects.using(app.store.alias).order_by("id")[:3])
    for row, path in zip(rows, ("mail/../../deadlines.yaml", "../deadlines.yaml", "feed-token"), strict=True):
        models.Delivery.objects.using(app.store.alias).filter(id=row.id).update(path=path)
    app.retention.tidy(LATER, lambda key: True)
    assert (place.root / "deadlines.yaml").exists()
    assert (place.root / "var/feed-token").exists()
    database.close(app.store.alias)


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "1201", "²", "99999999999999999999"])
def test_a_setting_that_is_no_number_of_months_is_a_sentence(value: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"SCADENZARIO_KEEP_MONTHS: il valore .* non si può usare; serve: 1-1200"):
        read_settings({"SCADENZARIO_KEEP_MONTHS": value}, tmp_path)
