"""The ledger's way to this version: nothing lost, a backup first, once, whole or not at all, and never backwards."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections

from scheduler.ledger import copy, database, schema
from scheduler.ledger.store import Store
from scheduler.ledger.upgrade import bring_up_to_date
from tests.conftest import ROOT
from tests.ledger import first_release
from tests.processes import run

MIGRATION = """
from django.db import migrations, models

def remember(apps, editor):
    fact = apps.get_model("ledger", "Fact")
    fact.objects.using(editor.connection.alias).create(name="{name}", value="once")
    {then}

class Migration(migrations.Migration):
    dependencies = [("ledger", "{before}")]
    operations = [
        migrations.AddField("act", "column_{name}", models.CharField(max_length=9, default="")),
        migrations.RunPython(remember),
    ]
"""


class Later:
    """A later version of the program: this one with migrations after its last, by Django's own settings."""

    def __init__(self, folder: Path, *migrations: tuple[str, str]) -> None:
        self.folder = folder
        package = folder / "later_migrations"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(
            "from scheduler.ledger import migrations\n__path__ = [*migrations.__path__, *__path__]\n", "utf-8"
        )
        before = max(schema.known())
        for name, then in migrations:
            (package / f"{name}.py").write_text(MIGRATION.format(name=name, then=then, before=before), "utf-8")
            before = name
        (folder / "later.py").write_text(
            'from scheduler.framework import *\nMIGRATION_MODULES = {"ledger": "later_migrations"}\n', "utf-8"
        )

    @property
    def environ(self) -> dict[str, str]:
        """What makes a process this version."""
        return {"PYTHONPATH": f"{ROOT}:{self.folder}", "DJANGO_SETTINGS_MODULE": "later"}


def start(workspace: Path, url: str = "", later: Later | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "scheduler", "list", "--workspace", str(workspace)]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **(later.environ if later else {})}
    if url:
        environ["SCADENZARIO_DATABASE_URL"] = url
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environ)


def listed(workspace: Path, url: str = "", later: Later | None = None) -> tuple[int, str]:
    """Run `list` as a person does; return its exit code and what it said on standard error."""
    if later is None:
        done = run(["list", "--workspace", workspace], {"SCADENZARIO_DATABASE_URL": url} if url else {})
        return done.returncode, done.stderr
    with start(workspace, url, later) as process:
        _, said = process.communicate(timeout=120)
        return process.returncode, said


@pytest.fixture
def ledger(workspace: Path) -> Path:
    """The file of the first release's ledger, in a workspace."""
    path = workspace / "var/ledger.sqlite3"
    first_release.make(path)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, ledger: Path) -> str:
    """The URL of a ledger with this version's tables and the first release's content."""
    if request.param == "sqlite":
        alias = database.connect("sqlite:///var/ledger.sqlite3", ledger.parents[1], "it")
        database.close(alias)
        return "sqlite:///var/ledger.sqlite3"
    found = str(request.getfixturevalue("postgresql_url"))
    alias = database.known_as(found, ledger.parents[1], "it")
    copy.copy_in(alias, ledger)
    database.close(alias)
    return found


def check(url: str, workspace: Path) -> None:
    alias = database.known_as(url, workspace, "it")
    first_release.check(Store(alias))
    database.close(alias)


def applied(url: str, workspace: Path) -> frozenset[str]:
    alias = database.known_as(url, workspace, "it")
    found = schema.applied(alias)
    database.close(alias)
    return found


def backups(workspace: Path) -> list[str]:
    folder = workspace / "var/backups"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_the_first_releases_ledger_opens_with_all_it_held(ledger: Path) -> None:
    before = first_release.rows(ledger)
    assert all(before.values()), "the example has rows in every table"
    alias = database.connect("sqlite:///var/ledger.sqlite3", ledger.parents[1], "it")
    store = Store(alias)
    first_release.check(store)
    assert store.trail.first_broken() is None
    number, seal = store.trail.head()
    assert number == 5, "two acts and three mails that were over are the beginning of the audit trail"
    database.close(alias)
    after = first_release.rows(ledger)
    after["ledger_fact"].remove(("audit", f"{number} {seal}"))
    assert after == before
    pending = sorted(schema.known() - {first_release.FIRST})
    assert backups(ledger.parents[1]) == [f"ledger-before-{name}.sqlite3" for name in pending[:1]]


def test_an_upgrade_makes_a_backup_first_and_loses_nothing(ledger: Path, tmp_path: Path) -> None:
    workspace, later = ledger.parents[1], Later(tmp_path / "later", ("9001_more", ""), ("9002_more", ""))
    before = first_release.rows(ledger)
    assert listed(workspace, later=later) == (0, "")
    after = first_release.rows(ledger)
    assert after.pop("ledger_fact")[:2] == [("9001_more", "once"), ("9002_more", "once")]
    assert after == {table: rows for table, rows in before.items() if table != "ledger_fact"}
    first = min({*schema.known(), "9001_more"} - {first_release.FIRST})
    assert backups(workspace) == [f"ledger-before-{first}.sqlite3"]
    assert first_release.rows(workspace / "var/backups" / backups(workspace)[0]) == before
    assert listed(workspace, later=later) == (0, "")
    assert len(backups(workspace)) == 1, "what is up to date is left alone"


def test_a_backup_is_never_overwritten(ledger: Path, tmp_path: Path) -> None:
    workspace, later = ledger.parents[1], Later(tmp_path / "later", ("9001_more", ""))
    first = min({*schema.known(), "9001_more"} - {first_release.FIRST})
    taken = workspace / f"var/backups/ledger-before-{first}.sqlite3"
    taken.parent.mkdir()
    taken.write_bytes(b"an older one")
    assert listed(workspace, later=later) == (0, "")
    assert taken.read_bytes() == b"an older one"
    assert backups(workspace) == [f"ledger-before-{first}-2.sqlite3", taken.name]


def test_the_backup_of_a_server_can_be_loaded_again(
    url: str, ledger: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    workspace, later = ledger.parents[1], Later(tmp_path / "later", ("9001_more", ""))
    assert listed(workspace, url, later) == (0, "")
    [made] = [name for name in backups(workspace) if "9001_more" in name]
    assert made.endswith(".sqlite3" if url.startswith("sqlite") else ".json.gz")
    empty = str(request.getfixturevalue("postgresql_url"))
    if url.startswith("postgresql"):
        empty = "sqlite:///var/again.sqlite3"
    alias = database.known_as(empty, workspace, "it")
    copy.copy_in(alias, workspace / "var/backups" / made)
    first_release.check(Store(alias))
    database.close(alias)


def test_processes_that_start_at_once_upgrade_once(url: str, ledger: Path, tmp_path: Path) -> None:
    workspace, later = ledger.parents[1], Later(tmp_path / "later", ("9001_more", ""))
    processes = [start(workspace, url, later) for _ in range(4)]
    said = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    assert len([name for name in backups(workspace) if "9001_more" in name]) == 1
    check(url, workspace)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_that_start_at_once_make_one_new_ledger(
    kind: str, workspace: Path, request: pytest.FixtureRequest
) -> None:
    url = "" if kind == "sqlite" else str(request.getfixturevalue("postgresql_url"))
    processes = [start(workspace, url) for _ in range(4)]
    said = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    assert backups(workspace) == [], "there was nothing to keep"


def test_an_upgrade_that_fails_in_the_middle_changes_nothing_and_says_where_the_backup_is(
    url: str, ledger: Path, tmp_path: Path
) -> None:
    workspace = ledger.parents[1]
    before = applied(url, workspace)
    later = Later(tmp_path / "later", ("9001_more", ""), ("9002_wrong", 'raise LookupError("una riga storta")'))
    for _ in range(2):  # a timer tries again and again
        code, said = listed(workspace, url, later)
        assert (code, "Traceback" in said) == (3, False)
        assert "9001_more, 9002_wrong: una riga storta" in said
        assert "è rimasto com'era" in said
        [made] = [name for name in backups(workspace) if "9001_more" in name]
        assert str(workspace / "var/backups" / made) in said
        assert applied(url, workspace) == before, "the first of the two is taken back as well"
    check(url, workspace)
    assert listed(workspace, url) == (0, ""), "the version before goes on"


def test_a_newer_ledger_is_refused_with_the_way_back(url: str, ledger: Path, tmp_path: Path) -> None:
    workspace, later = ledger.parents[1], Later(tmp_path / "later", ("9007_x", ""))
    assert listed(workspace, url, later) == (0, "")
    code, said = listed(workspace, url)
    assert (code, len(said.splitlines())) == (3, 1)
    assert "scritto da una versione più nuova del programma (migrazione 9007_x)" in said
    [made] = [name for name in backups(workspace) if "9007_x" in name]
    assert str(workspace / "var/backups" / made) in said
    assert "9007_x" in applied(url, workspace), "it is left alone"


def test_a_newer_ledger_without_a_backup_here_is_refused_as_well(ledger: Path) -> None:
    with closing(sqlite3.connect(ledger)) as connection:
        values = ("ledger", "9007_x", "2027-01-01 00:00:00")
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)", values)
        connection.commit()
    code, said = listed(ledger.parents[1])
    assert (code, len(said.splitlines())) == (3, 1)
    assert "oppure ripristinare un salvataggio più vecchio" in said
    assert backups(ledger.parents[1]) == []


def test_what_is_up_to_date_costs_one_query(store: Store, tmp_path: Path) -> None:
    asked = []

    def remember(execute: object, sql: str, *rest: object) -> object:
        asked.append(sql)
        return execute(sql, *rest)  # type: ignore[operator]

    with connections[store.alias].execute_wrapper(remember):
        bring_up_to_date(store.alias, tmp_path / "backups", "it")
    assert len(asked) == 1
    assert "django_migrations" in asked[0]


def test_a_command_on_what_is_up_to_date_does_not_load_the_migrations(ledger: Path) -> None:
    workspace = ledger.parents[1]
    assert listed(workspace)[0] == 0
    code = (
        "import sys; from pathlib import Path; from scheduler.app import App; from scheduler.settings import *;"
        f"App(read_settings({{}}, Path({str(workspace)!r}))).store.snapshot(); print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(run.stdout.split())
    assert "scheduler.ledger.store" in loaded
    assert loaded & {"django.db.migrations.executor", "scheduler.ledger.migrations.0001_initial"} == set()


def test_a_file_that_is_no_ledger_is_a_sentence(workspace: Path) -> None:
    (workspace / "var").mkdir()
    (workspace / "var/ledger.sqlite3").write_bytes(b"not a database at all" * 500)
    code, said = listed(workspace)
    assert (code, len(said.splitlines())) == (3, 1)
    assert "il registro non si può usare (file is not a database)" in said
