"""The rules of the package's shape, each put to the syntax tree of one file: imports, clock, docstrings, sizes."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# core, errors, locale ← adapters ← service | web ← app ← commands ← cli; adapters never import each other.
GROUND = {"core", "errors", "locale"}
ADAPTERS = {"deadlines", "intake", "documents", "mail", "feed", "ledger"}
LOWER = GROUND | ADAPTERS
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "core": set(),
    "errors": set(),
    "locale": {"core"},
    "entry_settings": {"core"},
    "settings": {"errors", "locale", "entry_settings"},
    "framework": set(),
    **dict.fromkeys(ADAPTERS, GROUND),
    "service": LOWER,
    "web": LOWER,
    "parts": LOWER | {"service", "settings", "framework"},
    "app": LOWER | {"service", "web", "settings", "parts", "framework"},
    "commands": LOWER | {"service", "web", "settings", "parts", "app"},
    "options": set(),
    "exits": {"errors"},
    "cli_drafts": {"options", "commands"},
    "cli_entry": {"options", "commands"},
    "cli": LOWER
    | {"service", "web", "settings", "parts", "app", "commands", "options", "exits", "cli_drafts", "cli_entry"},
    "__main__": {"cli"},
}

HOMES: dict[str, set[str]] = {
    "apscheduler": {"service"},
    "authlib": {"web"},
    "dbos": {"service"},
    "babel": {"documents"},
    "barcode": {"documents"},
    "django": {"ledger", "framework", "web"},
    "docx": {"documents"},
    "docxtpl": {"documents"},
    "holidays": {"deadlines"},
    "icalendar": {"feed"},
    "imaplib": {"mail"},  # the only one of the standard library
    "isal": {"documents"},
    "jinja2": {"documents"},
    "markupsafe": {"documents"},
    "matplotlib": {"documents"},
    "ninja": {"web"},
    "openpyxl": {"intake"},
    "pandas": {"intake"},
    "prometheus_client": {"web"},
    "pypdfium2": {"documents"},
    "pydantic": {"deadlines", "web"},
    "pydantic_core": {"deadlines"},
    "python_calamine": {"intake"},
    "requests": {"web"},  # by which authlib speaks
    "rich": {"commands"},
    "ruamel": {"deadlines"},
    "segno": {"documents", "web"},  # its codes stand on paper and on pages
    "simpleeval": {"intake"},
    "sqlalchemy": {"intake"},
    "stdnum": {"intake"},
    "typer": {"cli", "cli_drafts", "cli_entry", "options"},
    "uvicorn": {"web"},
    "yagmail": {"mail"},
}

CLOCKS = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("time.time", "time.time_ns", "django.utils.timezone.now", "django.utils.timezone.localdate"),
    *("django.db.models.functions.Now", "pandas.Timestamp.now", "pandas.Timestamp.today"),
    *("email.utils.localtime", "email.utils.formatdate", "email.utils.make_msgid"),
}
OUTSIDE = {
    *(
        "asyncio",
        "http",
        "importlib",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "shutil",
    ),
    *("socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid", "warnings"),
}
LOOSE_ENDS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
LONGEST_FILE, LONGEST_BODY = 300, 40

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file of a package: its path inside the package, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @property
    def part(self) -> str:
        """The part of the package that the file belongs to: a folder, or a file beside them."""
        return self.path.split("/")[0].removesuffix(".py")

    @property
    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones included."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    @property
    def imports(self) -> Iterator[tuple[int, str]]:
        """Every imported name in full, wherever the import stands, with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{self._origin(node)}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and _last_name(node.func) in ("import_module", "__import__") and node.args:
                yield node.lineno, _beginning(node.args[0])

    @property
    def names(self) -> Iterator[tuple[int, str]]:
        """Every name or attribute in use, in full as far as the file's own imports tell, with its line."""
        known = dict(self._aliases())
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name | ast.Attribute):
                yield node.lineno, _in_full(node, known)

    def said(self, line: int, what: str) -> str:
        """Return a sentence with its place."""
        return f"scheduler/{self.path}:{line}: {what}"

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        folders = ["scheduler", *self.path.split("/")[:-1]]
        return ".".join([*folders[: len(folders) - node.level + 1], *([node.module] if node.module else [])])

    def _aliases(self) -> Iterator[tuple[str, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.asname, alias.name) for alias in node.names if alias.asname)
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                yield from ((alias.asname or alias.name, f"{origin}.{alias.name}") for alias in node.names)


def sources(package: Path) -> list[Source]:
    """Return every file of a package, in order."""
    files = sorted(path for path in package.rglob("*.py") if "starter" not in path.parts)
    return [Source(path.relative_to(package).as_posix(), path.read_text("utf-8")) for path in files]


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _in_full(node: ast.expr, known: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_in_full(node.value, known)}.{node.attr}"
    return known.get(node.id, node.id) if isinstance(node, ast.Name) else "?"


def _beginning(node: ast.expr) -> str:
    """Return a text as far as it is written out."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "?"


# The rules: each yields one sentence for each violation in a file.

Rule = Callable[[Source], Iterator[str]]


def only_downwards(source: Source) -> Iterator[str]:
    """`core, errors, locale ← adapters ← service | web ← app ← commands ← cli`, and no adapter imports another."""
    if source.part not in MAY_IMPORT:
        yield source.said(1, f"{source.part} has no place in the import rule; give it one")
        return
    allowed = MAY_IMPORT[source.part] | {source.part, "__version__"}
    for line, name in source.imports:
        package, _, rest = name.partition(".")
        part = rest.split(".")[0]
        if package == "scheduler" and part not in allowed:
            may = ", ".join(sorted(MAY_IMPORT[source.part])) or "nothing else of the package"
            yield source.said(line, f"{source.part} imports {name}; it may import {may}")


def each_library_in_one_place(source: Source) -> Iterator[str]:
    """One third-party library, one folder."""
    for line, name in source.imports:
        library = name.split(".")[0]
        if library == "scheduler" or (library in sys.stdlib_module_names and library not in HOMES):
            continue
        if source.part not in HOMES.get(library, set()):
            homes = " and ".join(sorted(HOMES.get(library, set()))) or "no part yet: give it one"
            yield source.said(line, f"{source.part} imports {library}, whose place is {homes}")


def no_smtplib(source: Source) -> Iterator[str]:
    """The connection that yagmail opened is the only way out for mail."""
    for line, name in source.imports:
        if name.split(".")[0] == "smtplib":
            yield source.said(line, "imports smtplib; mail leaves over yagmail's connection")


def the_core_is_pure(source: Source) -> Iterator[str]:
    """The core does not touch the outside: no files, no clock, no logging, no libraries."""
    if source.part != "core":
        return
    for line, name in source.imports:
        if name.split(".")[0] in OUTSIDE:
            yield source.said(line, f"the core imports {name}; what it needs of the outside is an argument")
        if name.split(".")[0] not in {"scheduler", *sys.stdlib_module_names}:
            yield source.said(line, f"the core imports {name}, which is not of the standard library")
    for line, name in source.names:
        if name in ("open", "print", "input") or name in CLOCKS:
            yield source.said(line, f"the core uses {name}; what it needs of the outside is an argument")


def the_clock_is_read_in_app_only(source: Source) -> Iterator[str]:
    """`now` and `today` are arguments; the real instant enters in `app.py`."""
    if source.path == "app.py":
        return
    for line, name in source.names:
        if name in CLOCKS:
            yield source.said(line, f"reads the clock ({name}); take `now` as an argument")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            yield source.said(node.value.lineno, f"reads the clock ({node.arg}); take `now` as an argument")


def everything_public_has_a_docstring(source: Source) -> Iterator[str]:
    """Modules, public classes, functions and methods say what they are.

    Not commands, whose help is in the catalogue; nor the signatures of a protocol; nor migrations, which Django writes.
    """
    if "migrations/0" in source.path:
        return
    if not ast.get_docstring(source.tree):
        yield source.said(1, "the module has no docstring")
    yield from (source.said(node.lineno, f"{node.name} has no docstring") for node in _undocumented(source.tree))


def _undocumented(node: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for item in node.body:
        if not isinstance(item, Function | ast.ClassDef) or item.name.startswith("_") or item.name == "Meta":
            continue
        if not ast.get_docstring(item) and not _is_signature(item) and not any(map(_is_command, item.decorator_list)):
            yield item
        if isinstance(item, ast.ClassDef):
            yield from _undocumented(item)


def _is_signature(node: Function | ast.ClassDef) -> bool:
    [first, *_] = node.body
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.value.value is Ellipsis


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and _last_name(decorator.func) == "command"


def files_are_short(source: Source) -> Iterator[str]:
    """A file that needs more lines lacks a noun."""
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield source.said(LONGEST_FILE, f"the file has {lines} lines, more than {LONGEST_FILE}; a noun is missing")


def functions_are_short(source: Source) -> Iterator[str]:
    """The body of a function without its docstring: a longer one does several things."""
    for node in source.functions:
        body = node.body[1:] if ast.get_docstring(node) else node.body
        lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
        if lines > LONGEST_BODY:
            yield source.said(node.lineno, f"the body of {node.name} has {lines} lines, more than {LONGEST_BODY}")


def no_loose_ends(source: Source) -> Iterator[str]:
    """What is not done is not written down in code."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if found := LOOSE_ENDS.search(line):
            yield source.said(number, f"{found[0]}: do it, or take it out")
