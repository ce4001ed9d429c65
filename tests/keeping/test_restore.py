"""A restore brings everything back, or changes nothing: whatever the archive is, and whatever is there already."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import stat
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scheduler.errors import SourceError, UserError
from scheduler.ledger import copy, models
from scheduler.ledger.store import Store
from tests.conftest import MEMORY, ROOT, missing
from tests.keeping.places import KEY, LOCAL, NOW, Place, tree
from tests.postgresql import new_database

MANIFEST = "MANIFEST.json"


@pytest.fixture
def saved(archive: Path, tmp_path: Path) -> Path:
    """A backup of a workspace in use."""
    return Path(shutil.copy2(archive, tmp_path))


def content(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as file:
        return {info.name: file.extractfile(info).read() for info in file}  # type: ignore[union-attr]


def forge(archive: Path, files: dict[str, bytes], *strange: tarfile.TarInfo) -> None:
    """Write an archive with a right manifest for its files, and members that no backup writes."""
    facts = json.loads(
        files.get(MANIFEST, b'{"form": 1, "program": "0.1.0", "migrations": [], "at": "2026-11-23T09Z"}')
    )
    inside = {name: data for name, data in files.items() if name != MANIFEST}
    facts["files"] = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in inside.items()
    }
    with tarfile.open(archive, "w:gz") as file:
        for info in strange:
            file.addfile(info, io.BytesIO(b"x" * info.size))
        for name, data in [*inside.items(), (MANIFEST, json.dumps(facts).encode())]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))


def refused(place: Place, archive: Path, kind: type[Exception] = SourceError) -> str:
    """Try to restore; hold that nothing at all has changed, in the workspace or around it; return what was said."""
    before, around = tree(place.root), sorted(place.root.parent.iterdir())
    with pytest.raises(kind) as caught:
        place.restore.put(archive, NOW)
    assert tree(place.root) == before
    assert sorted(place.root.parent.iterdir()) == around
    return str(caught.value)


def test_everything_comes_back(
    either: Place, tmp_path: Path, request: pytest.FixtureRequest, postgresql_server: str
) -> None:
    (either.root / "data/office.lock").write_bytes(b"the office's own, whatever it is")
    before = content_of(either.root)
    listed = either.run("list", "--json", *LOCAL).stdout
    assert either.run("backup", tmp_path / "b.tar.gz").returncode == 0
    url = new_database(postgresql_server) if either.url else ""
    restored = Place(tmp_path / "restored", url)
    result = restored.run("restore", tmp_path / "b.tar.gz")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Ripristinato da" in result.stdout
    assert content_of(restored.root) == before
    assert stat.S_IMODE((restored.root / "var/feed-token").stat().st_mode) == 0o600
    assert restored.run("list", "--json", *LOCAL).stdout == listed
    assert restored.run("status", *LOCAL).returncode == either.run("status", *LOCAL).returncode
    explained = restored.run("explain", KEY, *LOCAL)
    assert (explained.returncode, "trasmissione" in explained.stdout) == (0, True)
    with restored.store() as store, either.store() as first:
        assert store.deliveries.all() == first.deliveries.all()
        assert past(store) == past(first)
        assert fact(store, copy.RESTORED_AT)
        assert not fact(first, copy.RESTORED_AT)
    assert restored.run("sweep", *LOCAL).returncode == 0, "it goes on"


def content_of(root: Path) -> dict[str, bytes]:
    return {**tree(root), **{path.name: path.read_bytes() for path in (root / "data").glob("*.lock")}}


def past(store: Store) -> tuple[object, ...]:
    """Return what the rules are told of the past, but for the mark that it was restored."""
    ledger = store.snapshot()
    return ledger.started_at, ledger.swept_at, ledger.acts, ledger.performances


def fact(store: Store, name: str) -> str:
    row = models.Fact.objects.using(store.alias).filter(name=name).first()
    return row.value if row else ""


def test_an_office_can_move_between_the_two_kinds_of_database(
    either: Place, tmp_path: Path, postgresql_server: str
) -> None:
    either.backup.write(tmp_path / "b.tar.gz", NOW)
    other = Place(tmp_path / "restored", "" if either.url else new_database(postgresql_server))
    other.restore.put(tmp_path / "b.tar.gz", NOW)
    with other.store() as store, either.store() as first:
        assert store.deliveries.all() == first.deliveries.all()
        assert past(store) == past(first)
    kinds = {path.name for path in (other.root / "var").iterdir() if path.name.startswith("ledger.")}
    assert "ledger.json.gz" not in kinds
    assert ("ledger.sqlite3" in kinds) == (not other.url), "the copy itself does not stay behind"


def test_what_was_there_is_moved_aside(place: Place, saved: Path) -> None:
    before = tree(place.root)
    (place.root / "var/drafts/new.docx").write_bytes(b"made since")
    (place.root / "var/engine.sqlite3").write_bytes(b"made since")
    (place.root / "notes.txt").write_bytes(b"nobody's")
    result = place.run("restore", saved)
    assert result.returncode == 0
    aside = sorted(path for path in place.root.iterdir() if "before-restore" in path.name)
    assert [path.name.split(".before")[0] for path in aside] == ["data", "deadlines.yaml", "templates", "var"]
    assert [str(path) in result.stdout for path in aside] == [True] * 4
    assert (aside[-1] / "drafts/new.docx").read_bytes() == b"made since"
    assert (aside[-1] / "engine.sqlite3").exists()
    assert (aside[-1] / "ledger.sqlite3").exists()
    now = {name: data for name, data in tree(place.root).items() if "before-restore" not in name}
    assert now == {**before, "notes.txt": b"nobody's"}
    place.restore.put(saved, NOW)
    place.restore.put(saved, NOW)  # in the same second: the folders' names do not meet
    assert len([path for path in place.root.iterdir() if path.name.startswith("var.before-restore")]) == 3


def test_a_workspace_that_is_at_work_is_left_alone(place: Place, saved: Path) -> None:
    with place.restore.workspace.locked():
        before = tree(place.root)
        result = place.run("restore", saved)
        assert (result.returncode, "lavora già su questa cartella" in result.stderr) == (7, True)
        assert tree(place.root) == before


def test_a_database_with_content_is_left_alone(place: Place, saved: Path, postgresql_url: str) -> None:
    other = Place(place.root, postgresql_url)
    assert other.run("sweep", *LOCAL).returncode == 0
    result = other.run("restore", saved)
    assert (result.returncode, len(result.stderr.splitlines())) == (3, 1)
    assert "contiene già un registro con dei dati; creare un database nuovo e vuoto" in result.stderr
    with other.store() as store:
        assert store.snapshot().swept_at is not None


def test_a_database_that_was_only_looked_at_counts_as_empty(saved: Path, tmp_path: Path, postgresql_url: str) -> None:
    other = Place(tmp_path / "restored", postgresql_url)
    with other.store():
        pass
    other.restore.put(saved, NOW)
    with other.store() as store:
        assert store.snapshot().swept_at is not None


# Archives that are not what they should be -------------------------------------------------------------------------

NAMES = [
    "../evil",
    "var/../../evil",
    "/etc/evil",
    "var//x",
    "./var/x",
    "var/./x",
    "C:/evil",
    "var\\..\\evil",
    "..",
    "x",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_refused(place: Place, saved: Path, tmp_path: Path, name: str) -> None:
    forge(tmp_path / "evil.tar.gz", {**content(saved), name: b"evil"})
    said = refused(place, tmp_path / "evil.tar.gz")
    assert f"{tmp_path / 'evil.tar.gz'}: {name}: l'archivio contiene un nome che conduce altrove" in said


KINDS = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]


@pytest.mark.parametrize("kind", KINDS)
def test_links_and_devices_are_refused(place: Place, saved: Path, tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("var/drafts/x")
    info.type, info.linkname = kind, "/etc/passwd"
    forge(tmp_path / "evil.tar.gz", content(saved), info)
    assert "var/drafts/x: l'archivio ha con questo nome un collegamento" in refused(place, tmp_path / "evil.tar.gz")


def test_a_link_and_a_file_behind_it_are_refused(place: Place, saved: Path, tmp_path: Path) -> None:
    info = tarfile.TarInfo("data/way")
    info.type, info.linkname = tarfile.SYMTYPE, "../.."
    forge(tmp_path / "evil.tar.gz", {**content(saved), "data/way/evil": b"evil"}, info)
    refused(place, tmp_path / "evil.tar.gz")


def test_all_that_is_wrong_is_said_at_once(place: Place, saved: Path, tmp_path: Path) -> None:
    files = content(saved)
    facts = json.loads(files[MANIFEST])
    facts["files"]["data/gone.xlsx"] = {"sha256": "0" * 64, "size": 1}
    files[MANIFEST] = json.dumps(facts).encode()
    files["data/gol/2023.xlsx"] += b"!"
    files["data/stranger.xlsx"] = b"x"
    files["../evil"] = b"x"
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as file:
        for name, data in [*files.items(), ("deadlines.yaml", b"again")]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    lines = refused(place, tmp_path / "evil.tar.gz").splitlines()
    assert [line.split(": ")[1:3] for line in lines] == [
        [
            "../evil",
            "l'archivio contiene un nome che conduce altrove o che non gli appartiene; l'archivio non è del "
            "programma; non usarlo",
        ],
        ["deadlines.yaml", "il nome è due volte nell'archivio; l'archivio non è del programma; non usarlo"],
        ["data/gol/2023.xlsx", "il file non è quello che era stato salvato; l'archivio è danneggiato; usarne un altro"],
        [
            "data/gone.xlsx",
            "l'elenco nomina un file che non è nell'archivio; l'archivio è danneggiato; usarne un altro",
        ],
        ["data/stranger.xlsx", "l'elenco non nomina questo file; l'archivio è stato cambiato; usarne un altro"],
    ]


@pytest.mark.parametrize("part", [0, 1, 10, 100, 0.1, 0.5, 0.9, 0.99, -600, -9, -8, -1])
def test_an_archive_that_was_cut_off_is_refused(place: Place, saved: Path, part: float) -> None:
    whole = saved.read_bytes()
    cut = int(part * len(whole)) if isinstance(part, float) else part if part >= 0 else len(whole) + part
    saved.write_bytes(whole[:cut])
    said = refused(place, saved)
    assert "non si può leggere" in said or "non è un salvataggio, oppure è troncato" in said


@pytest.mark.parametrize("step", range(1, 30, 4))
def test_an_archive_with_a_wrong_byte_is_refused(place: Place, saved: Path, step: int) -> None:
    damaged = bytearray(saved.read_bytes())
    damaged[step * len(damaged) // 30] ^= 0x55
    saved.write_bytes(damaged)
    refused(place, saved)


@pytest.mark.parametrize(
    "data", [b"", b"not an archive", gzip.compress(b"not a tar", mtime=0), gzip.compress(b"\0" * 10240, mtime=0)]
)
def test_what_is_no_backup_is_refused(place: Place, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.tar.gz").write_bytes(data)
    result = place.run("restore", tmp_path / "x.tar.gz")
    assert (result.returncode, "Traceback" in result.stderr) == (5, False)
    assert "non è un salvataggio, oppure è troncato" in result.stderr


def test_a_file_that_is_not_there_is_a_sentence(place: Place, tmp_path: Path) -> None:
    result = place.run("restore", tmp_path / "nowhere.tar.gz")
    assert (result.returncode, "Traceback" in result.stderr) == (5, False)
    assert "No such file" in result.stderr


FACTS: list[Callable[[dict[str, Any]], object]] = [
    lambda facts: facts.pop("at"),
    lambda facts: facts.update(at="yesterday"),
    lambda facts: facts.update(at="2026-11-23T09:00"),
    lambda facts: facts.update(files=[]),
    lambda facts: facts.update(files={"data/x": 3}),
    lambda facts: facts.update(migrations=3),
    lambda facts: facts.update(form="one"),
    lambda facts: facts.pop("program"),
]


@pytest.mark.parametrize("change", FACTS)
def test_a_manifest_that_is_none_is_refused(
    place: Place, saved: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    files = content(saved)
    facts = json.loads(files[MANIFEST])
    change(facts)
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as file:
        for name, data in {**files, MANIFEST: json.dumps(facts).encode()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    assert "l'elenco dell'archivio non si può leggere" in refused(place, tmp_path / "evil.tar.gz")


def test_a_backup_without_a_ledger_is_refused(place: Place, saved: Path, tmp_path: Path) -> None:
    files = content(saved)
    del files["var/ledger.sqlite3"]
    forge(tmp_path / "evil.tar.gz", files)
    assert "nell'archivio non c'è il registro" in refused(place, tmp_path / "evil.tar.gz")


@pytest.mark.parametrize("name", ["var/ledger.sqlite3", "var/ledger.json.gz"])
def test_a_ledger_that_is_none_is_refused(place: Place, saved: Path, tmp_path: Path, name: str) -> None:
    files = {key: data for key, data in content(saved).items() if key != "var/ledger.sqlite3"}
    forge(tmp_path / "evil.tar.gz", {**files, name: b"not a ledger" * 1000})
    refused(place, tmp_path / "evil.tar.gz", UserError)


def test_a_newer_versions_backup_is_refused(place: Place, saved: Path, tmp_path: Path) -> None:
    files = content(saved)
    facts = json.loads(files[MANIFEST])
    files[MANIFEST] = json.dumps({**facts, "migrations": [*facts["migrations"], "9007_x"], "program": "7.0"}).encode()
    forge(tmp_path / "new.tar.gz", files)
    said = refused(place, tmp_path / "new.tar.gz", UserError)
    assert "versione più nuova del programma (migrazione 9007_x, versione 7.0)" in said
    files[MANIFEST] = json.dumps({**facts, "form": 2, "program": "8.0"}).encode()
    forge(tmp_path / "newer.tar.gz", files)
    said = refused(place, tmp_path / "newer.tar.gz", UserError)
    assert "ha una forma (2) che questa versione non conosce; installare la versione che l'ha scritto (8.0)" in said


# A machine that is not what it should be ---------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [30_000, 100_000])
def test_a_full_disk_changes_nothing(place: Place, saved: Path, limit: int) -> None:
    before = tree(place.root)
    result = place.run("restore", saved, limit=limit)
    assert (result.returncode in (3, 5), len(result.stderr.splitlines())) == (True, 1)
    assert "non si può" in result.stderr
    assert tree(place.root) == before
    assert sorted(path.name for path in place.root.iterdir()) == ["data", "deadlines.yaml", "templates", "var"]
    assert place.run("restore", saved).returncode == 0


def test_a_move_that_fails_half_way_is_undone(place: Place, saved: Path) -> None:
    """The ledger's folder would have to be where `deadlines.yaml` is: it is the last to move, and cannot."""
    other = Place(place.root, "sqlite:///deadlines.yaml/ledger.sqlite3")
    said = refused(other, saved)
    assert "non si può ripristinare" in said
    assert sorted(path.name for path in place.root.iterdir()) == ["data", "deadlines.yaml", "templates", "var"]
    with place.store() as store:
        assert store.snapshot().swept_at is not None


def test_a_move_that_fails_empties_the_database_again(
    place: Place, saved: Path, tmp_path: Path, postgresql_url: str
) -> None:
    other = Place(tmp_path / "restored", postgresql_url)
    other.root.mkdir()
    (other.root / "data").write_bytes(b"a file where a folder should be")
    assert "non si può ripristinare" in refused(other, saved)
    (other.root / "data").unlink()
    other.restore.put(saved, NOW)
    with other.store() as store:
        assert fact(store, copy.RESTORED_AT) == NOW.isoformat()


def test_a_state_on_another_disk_is_restored_as_well(place: Place, saved: Path, tmp_path: Path) -> None:
    others = [folder for folder in (MEMORY, ROOT) if folder.exists() and folder.stat().st_dev != tmp_path.stat().st_dev]
    if not others:
        missing("a second file system")
    disk = Path(tempfile.mkdtemp(dir=others[0]))
    try:
        before = tree(place.root)
        (place.root / "var").rename(place.root / "old")
        (place.root / "var").symlink_to(disk)
        (disk / "made-since").write_bytes(b"x")
        restored = place.restore.put(saved, NOW)
        shutil.rmtree(place.root / "old")
        assert (place.root / "var").is_symlink()
        found = {name: data for name, data in tree(place.root).items() if "before-restore" not in name}
        found |= {f"var/{name}": data for name, data in tree(disk).items()}
        assert found == before
        [aside] = [path for path in restored.aside if path.name.startswith("var.")]
        assert tree(aside) == {"made-since": b"x"}
    finally:
        shutil.rmtree(disk)
