"""The project's documents say what the code does: commands, settings, links, template names, filters, YAML examples."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scheduler import cli, exits, settings
from scheduler.core.occurrence import occurrence_of
from scheduler.deadlines import read_register
from scheduler.deadlines.source import read_yaml
from scheduler.documents.context import LISTS, NAMES
from scheduler.documents.formats import FILTERS
from scheduler.documents.sandbox import environment
from scheduler.intake import messages
from scheduler.locale import sentences

ROOT = Path(__file__).resolve().parents[1]
README, GUIDE = ROOT / "README.md", ROOT / "docs" / "guida.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

_CELL = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_DATED = re.compile(
    r"# periodo (\S+): termine nominale (\S+?)(?: \(\w+\))?, termine di legge (\S+), obiettivo interno (\S+)"
)
_EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def rows(page: Path, header: str) -> list[list[str]]:
    """Return the rows of every table of a page whose first column has this header."""
    found: list[list[str]] = []
    inside = False
    for line in page.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in _CELL.split(line)[1:-1]]
        if not cells:
            inside = False
        elif cells[0] == header:
            inside = True
        elif inside and set(cells[0]) != {"-"}:
            found.append(cells)
    return found


def codes(cell: str) -> list[str]:
    return _CODE.findall(cell)


# The README -------------------------------------------------------------------------------------------------------


def test_the_readme_starts_with_the_two_commands() -> None:
    title, sentence, block, *_ = README.read_text("utf-8").split("\n\n")
    assert title == "# Scadenzario"
    assert sentence.count(". ") == 0
    assert re.findall(r"^make \w+", block, re.MULTILINE) == ["make run", "make test"]


def test_the_readme_lists_the_commands_with_their_options() -> None:
    listed = {
        codes(first)[0].split()[0]: set(re.findall(r"(?<!\w)--?[a-z][a-z-]*", first))
        for first, _ in rows(README, "Command")
    }
    shared = {"--workspace", "--now", "--now-outside-term", "--output", "--help"}
    offered = {
        name: {option for param in command.params for option in param.opts if option.startswith("-")} - shared
        for name, command in cli.build("it").commands.items()
    }
    assert listed == offered


def test_the_readme_lists_the_exit_codes() -> None:
    assert [int(code) for code, _ in rows(README, "Exit code")] == list(range(exits.LOCKED + 1))


def test_the_readme_lists_the_settings() -> None:
    listed = [codes(first)[0].removeprefix(settings.PREFIX) for first, *_ in rows(README, "Variable")]
    assert listed == ["WORKSPACE", "LANGUAGE", *settings._NAMES]


@pytest.mark.parametrize("name", ["DATABASE_URL", "SMTP_SECURITY", "LISTEN", "LOG_FORMAT"])
def test_the_readme_gives_the_defaults(name: str) -> None:
    [default] = [
        codes(second)[0] for first, second, _ in rows(README, "Variable") if codes(first) == [f"SCADENZARIO_{name}"]
    ]
    assert default == getattr(settings.read_settings({}), name.lower())


# Links ------------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """Return the anchors that a page's headings have where such pages are shown."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text("utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


# The guide's tables -----------------------------------------------------------------------------------------------


def test_the_guide_lists_the_names_of_templates() -> None:
    listed = [codes(first)[0] for first, _ in rows(GUIDE, "Nome")]
    assert listed == [f"{group}.{name}" for group, names in NAMES.items() for name in names]


def test_the_guide_lists_the_lists_of_templates() -> None:
    assert {codes(first)[0]: tuple(codes(second)) for first, second in rows(GUIDE, "Elenco")} == LISTS


def test_the_guide_lists_the_filters() -> None:
    listed = dict.fromkeys(codes(first)[0].partition("(")[0] for first, *_ in rows(GUIDE, "Filtro"))
    assert list(listed) == list(FILTERS)
    others = set(environment().filters) - set(FILTERS)
    [sentence] = re.findall(r"Ci sono anche (.*?)\.\s", GUIDE.read_text("utf-8"), re.DOTALL)
    assert set(codes(sentence)) == others


@pytest.mark.parametrize(("code", "example", "printed"), [(codes(a)[0], b, c) for a, b, c in rows(GUIDE, "Filtro")])
def test_a_filter_prints_what_the_guide_says(code: str, example: str, printed: str) -> None:
    write = environment().compile_expression(f"x|{code}")
    days = {"fine": date(2025, 3, 31), "giorno": date(2023, 12, 18)}
    assert str(write(x=_value(example), **days)).replace("\u00a0", " ") == printed


def _value(example: str) -> Any:
    if ", " in example:
        return example.split(", ")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", example):
        return date.fromisoformat(example)
    return Decimal(example) if re.fullmatch(r"[1-9]\d*(\.\d+)?|0\.\d+", example) else example


def test_the_messages_that_the_guide_explains_exist() -> None:
    spoken = [*sentences("it").values(), *(what for what, _ in messages.MESSAGES["it"].values())]
    known = {re.sub(r"\{+\w+\}+", "…", sentence) for sentence in spoken}
    told = [first.replace("\\|", "|") for first, _ in rows(GUIDE, "Messaggio")]
    assert [message for message in told if message not in known] == []


def test_the_states_that_the_guide_explains_are_all_of_them() -> None:
    states = [sentence for code, sentence in sentences("it").items() if code.startswith("state.")]
    assert [first for first, _ in rows(GUIDE, "Stato")] == states


def test_the_mails_that_the_guide_explains_are_all_of_them() -> None:
    told = [first for first, *_ in rows(GUIDE, "L'oggetto comincia con")]
    subjects = {code: text for code, text in sentences("it").items() if re.fullmatch(r"mail\.\w+\.subject", code)}
    del subjects["mail.test.subject"]
    assert all(any(text.startswith(start) for start in told) for text in subjects.values())
    assert all(any(text.startswith(start) for text in subjects.values()) for start in told)


# The guide's YAML -------------------------------------------------------------------------------------------------


def test_the_smallest_example_is_a_whole_file(tmp_path: Path) -> None:
    [example] = [text for text in _EXAMPLES if text.startswith("version:")]
    (tmp_path / "deadlines.yaml").write_text(example, "utf-8")
    assert len(read_register(tmp_path / "deadlines.yaml").obligations) == 1


@pytest.mark.parametrize("example", _EXAMPLES, ids=lambda text: " ".join(text.split()[:6]))
def test_an_example_reads_without_problems_and_gives_its_dates(example: str, tmp_path: Path) -> None:
    register = read_register(_file_with(example, tmp_path))
    duty = register.obligations[0]
    for key, *told in _DATED.findall(example):
        found = occurrence_of(duty, key, register.workdays)
        assert found is not None, key
        days = (found.nominal_due_on, found.legal_due_on, found.target_on)
        assert [f"{day:%d/%m/%Y}" for day in days] == told


def test_every_comment_about_a_period_is_understood() -> None:
    assert all(text.count("# periodo") == len(_DATED.findall(text)) for text in _EXAMPLES)
    assert sum(len(_DATED.findall(text)) for text in _EXAMPLES) >= 10


def _file_with(example: str, folder: Path) -> Path:
    """Write the shipped file, cut down to the guide's smallest obligation, with an example put into it."""
    base = read_yaml(ROOT / "deadlines.yaml", "it").data
    [smallest] = [_data(text, folder) for text in _EXAMPLES if text.startswith("version:")]
    base["obligations"] = smallest["obligations"]
    piece = _data(example, folder)
    merged = (
        _merged(base, piece)
        if set(piece) & set(base)
        else {**base, "obligations": [{**base["obligations"][0], **piece}]}
    )
    path = folder / "deadlines.yaml"
    path.write_text(json.dumps(merged), "utf-8")  # JSON is YAML
    return path


def _data(text: str, folder: Path) -> dict[str, Any]:
    path = folder / "piece.yaml"
    path.write_text(text, "utf-8")
    data: dict[str, Any] = read_yaml(path, "it").data
    return data


def _merged(base: dict[str, Any], piece: dict[str, Any]) -> dict[str, Any]:
    """Put a piece into a file: groups grow, an agreement joins the others, any other list replaces the old one."""
    result = dict(base)
    for key, value in piece.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            result[key] = _merged(base[key], value)
        elif key == "agreements":
            ids = [item["id"] for item in value]
            result[key] = [*(item for item in base[key] if item["id"] not in ids), *value]
        else:
            result[key] = value
    return result
