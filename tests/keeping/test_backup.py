"""A backup has everything, is of one piece with its ledger while others write, and is whole or not there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scheduler.core.ledger import Act, ActKind
from scheduler.service import backup_form
from scheduler.service.inspection import Inspection
from tests.conftest import ROOT
from tests.keeping.places import KEY, LOCAL, NOW, Place, names, tree

WRITER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from scheduler import framework
framework.configure()
from scheduler.core.ledger import Delivery, Draft, Outcome, Performance
from scheduler.ledger import database
from scheduler.ledger.store import Store
from scheduler.service.workspace import Workspace
workspace, at, number = Workspace(Path(sys.argv[2])), datetime(2026, 11, 23, tzinfo=UTC), 0
store = Store(database.connect(sys.argv[1], workspace.root, "it"))
while True:
    number += 1
    key, content = f"a/2025/{number}", f"{number} ".encode() * 500
    draft, mail = f"drafts/a/2025/d-{number}.docx", f"mail/2026-11-23/{number}.eml"
    sha256 = workspace.keep(draft, content)
    made = Draft("a/2025", "d", number, draft, sha256, len(content), "0" * 64, at)
    sha256 = workspace.keep(mail, content * 2)
    to_send = Delivery(f"<{number}@x>", key, "a/2025", "s@x.example", ("a@x.example",), "x", mail, sha256, at)
    store.record(Performance(key, "a/2025", Outcome.PERFORMED, at), drafts=[made], mails=[to_send])
    print(number, flush=True)
"""


@contextmanager
def writing(place: Place) -> Iterator[subprocess.Popen[str]]:
    """Let another process write files and then their rows, all the time."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITER, place.url or "sqlite:///var/ledger.sqlite3", str(place.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            yield process
        finally:
            process.kill()


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*") if path.name.endswith(".partial")]


def test_a_backup_has_the_whole_workspace_and_only_it(either: Place, tmp_path: Path) -> None:
    var = either.root / "var"
    (var / "backups").mkdir(exist_ok=True)
    (var / "mail/.half.eml.partial").write_bytes(b"half")
    for name in ("engine.sqlite3", "engine-wal", "backups/ledger-before-x.sqlite3", "drafting.lock", "x.lock"):
        (var / name).write_bytes(b"not wanted")
    (var / "outbox/tmp/half").write_bytes(b"half")
    (either.root / "data/~$costi.xlsx").write_bytes(b"open in a spreadsheet program")
    (either.root / "notes.txt").write_bytes(b"nobody's")
    target = tmp_path / "b.tar.gz"
    result = either.run("backup", target)
    assert (result.returncode, result.stderr) == (0, "")
    wanted = {name for name in tree(either.root) if name.startswith(("deadlines.yaml", "templates/", "data/"))}
    wanted |= {name for name in tree(either.root) if name.startswith(("var/drafts/", "var/mail/", "var/evidence/"))}
    wanted |= {name for name in tree(either.root) if name.startswith("var/outbox/new/")} | {"var/feed-token"}
    wanted |= {name for name in tree(either.root) if name.startswith(("var/good/", "var/inputs/"))}
    wanted -= {"data/~$costi.xlsx", "var/mail/.half.eml.partial"}
    kind = "json.gz" if either.url else "sqlite3"
    assert names(target) == wanted | {f"var/ledger.{kind}", "MANIFEST.json"}
    assert any(name.startswith(f"var/evidence/{KEY}/") for name in wanted)
    assert any(name.startswith("var/inputs/") for name in wanted)
    assert f"({len(wanted) + 1} file)" in result.stdout
    assert stat.S_IMODE(target.stat().st_mode) == 0o600, "it holds mails and a secret"
    assert leftovers(tmp_path) == [".half.eml.partial"]


def test_every_row_has_its_file_while_another_process_writes(either: Place, tmp_path: Path) -> None:
    with writing(either) as process:
        for number in range(4):
            assert process.stdout is not None
            before = int(process.stdout.readline())
            target = tmp_path / f"{number}.tar.gz"
            saved = either.backup.write(target, NOW)
            assert process.poll() is None
            assert (saved.absent, saved.problems) == ((), ())
            other = Place(tmp_path / f"restored-{number}")
            other.restore.put(target, NOW)
            with other.store() as store:
                mails = [mail for mail in store.deliveries.all() if mail.occurrence_key == "a/2025"]
                assert len(mails) == len(store.drafts("a/2025")) >= before
                for item in (*store.deliveries.all(), *store.drafts("a/2025")):
                    assert _sha256(other.root / "var" / item.path) == item.sha256
            assert leftovers(other.root) == []


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_manifest_proves_every_file(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "b.tar.gz"
    place.backup.write(target, NOW)
    manifest = Inspection(target, "it").manifest_of(place.restore.ledger.migrations())
    assert set(manifest.files) == names(target) - {"MANIFEST.json"}
    assert (manifest.at, manifest.program) == (NOW, "0.1.0")
    assert manifest.migrations[0] == "0001_initial"
    for name, content in tree(place.root).items():
        assert manifest.files[name].size == len(content)
        assert manifest.files[name].sha256 == _sha256(place.root / name)


def test_what_is_damaged_or_lost_is_said_and_what_is_old_is_only_counted(place: Place, tmp_path: Path) -> None:
    with place.store() as store:
        sent, other = [mail for mail in store.deliveries.all() if mail.state == "sent"][:2]
        [draft, *_] = [item for key in store.drafted() for item in store.drafts(key)]
        store.record_act(Act(ActKind.WAIVER, KEY, NOW, "ada", evidence="evidence/gone.pdf", reason="x"), "0" * 64)
    var = place.root / "var"
    (var / sent.path).unlink()
    (var / other.path).write_bytes(b"another mail")
    (var / draft.path).unlink()
    result = place.run("backup", tmp_path / "b.tar.gz")
    assert result.returncode == 1
    lines = sorted(result.stderr.splitlines())
    assert len(lines) == 4
    assert lines[0].startswith(f"{var / draft.path}: il file non c'è"), "the last version of a document never goes"
    assert lines[1].startswith(f"{var / 'evidence/gone.pdf'}: il file non c'è")
    assert lines[2].startswith(f"{var / other.path}: il file non è quello registrato")
    assert lines[3].startswith("1 file citati nel registro non ci sono più")
    assert names(tmp_path / "b.tar.gz"), "what can be saved is saved"


def test_a_backup_is_never_overwritten(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "b.tar.gz"
    target.write_bytes(b"an older one")
    result = place.run("backup", target)
    assert (result.returncode, "il file esiste già" in result.stderr) == (3, True)
    assert target.read_bytes() == b"an older one"


@pytest.mark.parametrize("limit", [20_000, 300_000])  # the ledger does not fit; the archive does not fit
def test_a_full_disk_leaves_no_half_backup(place: Place, tmp_path: Path, limit: int) -> None:
    before = tree(place.root)
    result = place.run("backup", tmp_path / "b.tar.gz", limit=limit)
    assert result.returncode in (3, 5)
    assert len(result.stderr.splitlines()) == 1
    assert "non si può" in result.stderr
    assert not (tmp_path / "b.tar.gz").exists()
    assert leftovers(tmp_path) == []
    assert tree(place.root) == before
    assert place.run("backup", tmp_path / "b.tar.gz").returncode == 0


def test_a_folder_that_is_not_there_is_a_sentence(place: Place, tmp_path: Path) -> None:
    result = place.run("backup", tmp_path / "nowhere" / "b.tar.gz")
    assert (result.returncode, "il salvataggio non si può scrivere" in result.stderr) == (5, True)


def test_a_folder_without_deadlines_is_not_saved_for_a_workspace(tmp_path: Path) -> None:
    result = Place(tmp_path / "typo").run("backup", tmp_path / "b.tar.gz")
    assert (result.returncode, "non è una cartella di lavoro" in result.stderr) == (3, True)
    assert list(tmp_path.iterdir()) == []


def test_a_workspace_whose_file_is_wrong_can_still_be_saved(place: Place, tmp_path: Path) -> None:
    (place.root / "deadlines.yaml").write_text("version: [", "utf-8")
    assert place.run("backup", tmp_path / "b.tar.gz").returncode == 0


def test_a_link_to_a_file_is_saved_as_the_file_and_a_link_to_a_folder_is_told(place: Place, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "x.xlsx").write_bytes(b"a workbook")
    (place.root / "data/link.xlsx").symlink_to(share / "x.xlsx")
    (place.root / "data/folder").symlink_to(share)
    (place.root / "data/broken").symlink_to(share / "nothing")
    saved = place.backup.write(tmp_path / "b.tar.gz", NOW)
    assert {problem.where for problem in saved.problems} == {
        str(place.root / "data/folder"),
        str(place.root / "data/broken"),
    }
    assert "data/link.xlsx" in names(tmp_path / "b.tar.gz")


def test_a_ledger_in_another_place_is_saved_under_the_usual_name(place: Place, tmp_path: Path) -> None:
    other = Place(place.root, "sqlite:///var/state/registro.sqlite3")
    assert other.run("sweep", *LOCAL).returncode == 0
    (place.root / "var/ledger.sqlite3").write_bytes(b"a forgotten one")
    other.backup.write(tmp_path / "b.tar.gz", NOW)
    assert {name for name in names(tmp_path / "b.tar.gz") if "registro" in name or "ledger" in name} == {
        "var/ledger.sqlite3"
    }
    for url in ("sqlite:///var/state/registro.sqlite3", "sqlite:///registro.sqlite3", ""):
        restored = Place(tmp_path / f"restored{len(url)}", url)
        restored.restore.put(tmp_path / "b.tar.gz", NOW)
        with restored.store() as store:
            assert store.snapshot().swept_at is not None


@pytest.mark.parametrize("name", ["MANIFEST.json", "deadlines.yaml", "data/a/b.xlsx", "var/lock/x", "templates/é.docx"])
def test_names_that_belong(name: str) -> None:
    assert backup_form.belongs(name)


def test_a_name_that_could_not_be_put_back_is_told_and_a_strange_one_comes_back(place: Place, tmp_path: Path) -> None:
    strange = os.fsdecode(b"data/caff\xe8.xlsx")  # not UTF-8, as old shares have it
    (place.root / strange).write_bytes(b"x")
    (place.root / "data/a\\b.xlsx").write_bytes(b"x")
    [problem] = place.backup.write(tmp_path / "b.tar.gz", NOW).problems
    assert (problem.where, problem.remedy) == (str(place.root / "data/a\\b.xlsx"), "cambiare nome al file")
    restored = Place(tmp_path / "restored")
    restored.restore.put(tmp_path / "b.tar.gz", NOW)
    assert (restored.root / strange).read_bytes() == b"x"
