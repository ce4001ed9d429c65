"""What is in `deploy/` fits the program: units for systemd, settings and commands that exist, files to copy."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scheduler import cli, settings

from .conftest import ROOT, missing

DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
PAGES = [DEPLOY / "windows.md", ROOT / "docs" / "installazione.md"]
PROGRAM = "/opt/scadenzario/venv/bin/scadenzario"
NEWER = {"RestartSteps", "RestartMaxDelaySec"}  # since systemd 254; older ones say that they leave them out


def lines(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("systemd-analyze") is None:
        missing("systemd")
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units in a folder of their own, with a program that exists here in place of the installed one."""
    for unit in UNITS:
        words = unit.read_text("utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / unit.name).write_text(words, "utf-8")
    return tmp_path


# The units ----------------------------------------------------------------------------------------------------------


def test_systemd_finds_nothing_wrong_with_the_units(installed: Path) -> None:
    result = analyze("verify", *(str(installed / unit.name) for unit in UNITS))
    ours = [line for line in result.stderr.splitlines() if str(installed) in line or "scadenzario" in line]
    assert [line for line in ours if not any(f"'{key}'" in line for key in NEWER)] == []
    assert result.returncode == 0, result.stderr


def test_systemd_finds_what_is_wrong(installed: Path) -> None:
    unit = installed / "scadenzario.service"
    unit.write_text(unit.read_text("utf-8").replace("Type=notify", "Type=notfy"), "utf-8")
    assert "notfy" in analyze("verify", str(unit)).stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_services_are_little_exposed(unit: Path, installed: Path) -> None:
    result = analyze("security", "--offline=true", "--threshold=20", str(installed / unit.name))
    assert result.returncode == 0, result.stdout.splitlines()[-1]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_runs_a_command_that_exists(unit: Path) -> None:
    [started] = lines(unit, "ExecStart")
    program, command = started.split()
    assert program == PROGRAM
    assert command in cli.build("it").commands


def test_both_services_are_held_alike() -> None:
    """What stands from the account on is the same text in both."""
    tails = {unit.read_text("utf-8").partition("# A system user")[2].partition("\n[Install]")[0] for unit in SERVICES}
    assert len(SERVICES) == 2
    assert len({tail.strip() for tail in tails}) == 1


@pytest.mark.parametrize("path", [*SERVICES, DEPLOY / "scadenzario.sh"], ids=lambda path: path.name)
def test_a_credential_is_named_as_its_setting_and_may_be_missing(path: Path) -> None:
    words = path.read_text("utf-8")
    loaded = re.findall(r"LoadCredential=(\w+):/etc/scadenzario/(\w+)", words)
    assert [name for name, _ in loaded] == ["scadenzario_smtp_password", "scadenzario_database_url"]
    for name, file in loaded:
        assert name == f"scadenzario_{file}"
        assert name.removeprefix("scadenzario_").upper() in settings._NAMES
        assert f"SetCredential={name}:\\n" in words
    assert words.count("SetCredential=") == len(loaded)


def test_an_empty_credential_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / "scadenzario_database_url").write_text("\n", "utf-8")
    read = settings.read_settings({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert read.database_url == settings.Settings.database_url


def test_the_command_for_people_is_sound_shell() -> None:
    subprocess.run(["sh", "-n", DEPLOY / "scadenzario.sh"], check=True)


# Settings -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted([*DEPLOY.iterdir(), *PAGES]), ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    if path.is_dir():  # the secrets of whoever tries the compose file
        return
    known = {"WORKSPACE", "LANGUAGE", *settings._NAMES, *(f"{name}_FILE" for name in settings._NAMES)}
    assert set(re.findall(r"SCADENZARIO_([A-Z_]+)", path.read_text("utf-8"))) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        assert (page.parent / link).is_file(), link


def test_every_file_that_the_page_installs_is_there() -> None:
    [page] = [page for page in PAGES if page.name == "installazione.md"]
    named = set(re.findall(r"(?<![\w/])(?:deploy/|requirements)[\w./-]+", page.read_text("utf-8")))
    assert {"deploy/scadenzario.service", "requirements-run.lock"} <= named
    assert [name for name in named if not (ROOT / name).is_file()] == []


# The container ------------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile with their arguments, continued lines joined, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Containerfile").read_text("utf-8"), flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", " ", text)
    found = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(name, argument) for name, argument in found]


def copied() -> list[str]:
    """Return what the build takes from the sources."""
    arguments = [argument.split() for name, argument in instructions() if name == "COPY"]
    return [source for words in arguments if not words[0].startswith("--from") for source in words[:-1]]


def test_the_containerfile_is_made_of_known_instructions() -> None:
    names = [name for name, _ in instructions()]
    known = {"ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK"}
    assert set(names) == known | {"ENTRYPOINT", "CMD"}
    assert names.count("FROM") == 2


def test_what_the_image_is_built_from_exists_and_is_let_through() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    let_through = {rule[1:] for rule in rules if rule.startswith("!")}
    assert rules[0] == "*"
    assert set(copied()) == let_through
    assert [path for path in copied() if not (ROOT / path).exists()] == []


def test_the_image_is_built_from_all_that_the_wheel_needs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"], "pyproject.toml"}
    needed |= set(project["project"]["license-files"])
    assert needed <= set(copied())


def test_the_image_runs_the_service_as_nobody_and_asks_after_its_health() -> None:
    found = dict(instructions())
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", found["USER"])
    [entry], [command] = json.loads(found["ENTRYPOINT"]), json.loads(found["CMD"])
    assert entry == "scadenzario"
    assert command in cli.build("it").commands
    options, _, asked = found["HEALTHCHECK"].partition(" CMD ")
    assert options.startswith("--interval=")
    program, flag, code = json.loads(asked)
    assert (program, flag) == ("python", "-c")
    compile(code, "HEALTHCHECK", "exec")
    [port] = re.findall(r"SCADENZARIO_LISTEN=0\.0\.0\.0:(\d+)", found["ENV"])
    assert f"http://127.0.0.1:{port}/healthz" in code
    assert found["EXPOSE"] == port


# The compose file ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compose() -> Any:
    return YAML(typ="safe").load(DEPLOY / "compose.yaml")


def test_the_compose_file_names_only_what_it_declares(compose: Any) -> None:
    services = compose["services"]
    assert set(services) == {"scadenzario", "postgres", "mailpit"}
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= set(compose["volumes"])
        assert {value for name, value in service.get("environment", {}).items() if name.endswith("_FILE")} <= {
            f"/run/secrets/{secret}" for secret in service.get("secrets", ())
        }
    build = services["scadenzario"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Containerfile"


def test_the_compose_file_opens_ports_on_this_machine_only(compose: Any) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_compose_file_holds_settings_that_can_be_read(compose: Any) -> None:
    environ = {
        name: value
        for name, value in compose["services"]["scadenzario"]["environment"].items()
        if not name.endswith("_FILE")
    }
    read = settings.read_settings(environ)
    assert read.smtp_host in compose["services"]
    assert (read.smtp_port, read.log_format) == (1025, "json")


def test_the_secrets_of_the_compose_file_stay_out_of_git_and_of_the_image(compose: Any) -> None:
    files = [secret["file"] for secret in compose["secrets"].values()]
    assert all(file.startswith("./secrets/") for file in files)
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert not any(fnmatch("deploy/secrets/x", f"{path}*") for path in copied())


# The locks ----------------------------------------------------------------------------------------------------------


def locked(name: str) -> dict[str, str]:
    """Return a lock's entries by package and marker, each with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)
    entries = re.sub(r"\\\n", " ", text).splitlines()
    return {entry.split("--hash")[0].strip(): " ".join(sorted(entry.split()[1:])) for entry in entries if entry}


@pytest.mark.parametrize("name", ["requirements-run.lock", "requirements-build.lock"])
def test_a_smaller_lock_says_what_the_whole_one_says(name: str) -> None:
    part, whole = locked(name), locked("requirements.lock")
    assert part
    assert part.items() <= whole.items()
    assert all("--hash=sha256:" in entry for entry in part.values())


def test_an_installation_gets_what_the_project_asks_for_and_no_tools() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    names = {entry.split("==")[0] for entry in locked("requirements-run.lock")}
    asked = {re.split(r"[\[<>=;]", each)[0].replace(".", "-") for each in project["project"]["dependencies"]}
    assert asked <= names
    assert not names & {"pytest", "mypy", "ruff", "hatchling", "hypothesis", "uv"}
