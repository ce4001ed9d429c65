"""The last good copies of what people declare: `deadlines.yaml` and the templates. A broken file never takes effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scheduler import __version__
from scheduler.core.obligation import Obligation, Register
from scheduler.core.occurrence import all_occurrences
from scheduler.deadlines import read_register
from scheduler.errors import Problem, UserError
from scheduler.service.press import Press
from scheduler.service.rehearsal import Rehearsal
from scheduler.service.workspace import Workspace

GOOD, DECLARED, SEEN = "good", "deadlines.yaml", "seen.json"

Stamp = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Adopted:
    """What is in force, and what is wrong with the files that are not."""

    register: Register
    problems: tuple[Problem, ...] = ()


class Shelf:
    """Keeps copies under `var/good`; the service works from these, so that it reads no file half written."""

    def __init__(self, workspace: Workspace, press: Press, lang: str) -> None:
        self.workspace = workspace
        self.press = press
        self.lang = lang
        self.folder = workspace.var / GOOD
        self._known: tuple[str, Register] | None = None  # what was read last, and the fingerprint of the file

    @property
    def templates(self) -> Path:
        """The folder of the templates in force."""
        return self.folder / "templates"

    def stamp(self) -> Stamp:
        """Return what shows that a file was changed, replaced, added or taken away."""
        return tuple(sorted(_stamps(self.workspace.root)))

    def declared(self) -> Register:
        """Return what `deadlines.yaml` declares; the same bytes are read once.

        Raises:
            UserError: it cannot be used.
        """
        return self._read(self.workspace.root / DECLARED)

    def read(self) -> Adopted:
        """Return what is in force, without changing the shelf.

        Raises:
            UserError: `deadlines.yaml` cannot be used, and there is no good copy of it.
        """
        try:
            return Adopted(self.declared())
        except UserError as error:
            return Adopted(self._last_good(error), error.problems)

    def adopt(self, at: datetime) -> Adopted:
        """Put a copy of each file that is right on the shelf; where one is not, its last good copy stays in force.

        A template that takes the place of another is right when it also is with made-up data for the year from `at`.

        Raises:
            UserError: `deadlines.yaml` cannot be used, and there is no good copy of it.
            SourceError: the copies cannot be written.
        """
        adopted = self._declared()
        return Adopted(adopted.register, (*adopted.problems, *self._adopt_templates(adopted.register, at)))

    def _declared(self) -> Adopted:
        new = self.folder / "new" / DECLARED
        try:
            content = (self.workspace.root / DECLARED).read_bytes()
        except OSError:
            return self.read()
        self.workspace.keep(f"{GOOD}/new/{DECLARED}", content)
        try:
            register = self._read(new)
        except UserError as error:
            return Adopted(self._last_good(error), error.problems)
        self.workspace.keep(f"{GOOD}/{DECLARED}", content)
        return Adopted(register)

    def _read(self, path: Path) -> Register:
        mark = _digest(path)
        if self._known is not None and self._known[0] == mark:
            return self._known[1]
        register = read_register(path, self.lang)
        if _digest(path) == mark:  # else it was changed meanwhile
            self._known = mark, register
        return register

    def _last_good(self, error: UserError) -> Register:
        good = self.folder / DECLARED
        if not good.exists():
            raise error
        try:
            return read_register(good, self.lang)
        except UserError:  # written for another version
            raise error from None

    def _adopt_templates(self, register: Register, at: datetime) -> Iterator[Problem]:
        filled = users(register)
        rehearsal = Rehearsal(self.workspace, register.office, self.press, at)
        seen, before = {}, self._seen()
        rules = hashlib.sha256(f"{__version__} {sorted(filled)}".encode()).hexdigest()
        declared = _digest(self.folder / DECLARED)
        for name, obligations in filled.items():
            path = self.workspace.root / "templates" / f"{name}.docx"
            mark = f"{rules} {declared} {_digest(path)}"
            seen[name] = mark
            if before.get(name) == mark and (self.templates / path.name).exists():
                continue
            problems = self._template_problems(path, obligations) or self._rehearsed(rehearsal, name, register)
            yield from problems
            if problems:
                seen.pop(name)
            if not problems or not (self.templates / path.name).exists():
                self._copy(path)
        self.workspace.keep(f"{GOOD}/{SEEN}", json.dumps(seen, indent=1).encode())

    def _template_problems(self, path: Path, obligations: list[Obligation]) -> list[Problem]:
        found = {str(item): item for one in obligations for item in self.press.problems(path, one, self.lang)}
        return list(found.values())

    def _rehearsed(self, rehearsal: Rehearsal, name: str, register: Register) -> list[Problem]:
        """Return what would break, where a copy that does not could stay in force instead."""
        if not (self.templates / f"{name}.docx").exists():
            return []
        obligations = users(register)[name]
        return list(rehearsal.problems(all_occurrences(obligations, register.workdays), name))

    def _copy(self, path: Path) -> None:
        try:
            content = path.read_bytes()
        except OSError:  # what is not there has been reported
            return
        self.workspace.keep(f"{GOOD}/templates/{path.name}", content)

    def _seen(self) -> dict[str, str]:
        try:
            found = json.loads((self.folder / SEEN).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def users(register: Register) -> dict[str, list[Obligation]]:
    """Return the obligations that fill each template, by its name."""
    found: dict[str, list[Obligation]] = {}
    for obligation in (form for item in register.obligations for form in item.forms):
        requests = [obligation.request_document] if obligation.supplier and obligation.request_document else []
        for name in (*obligation.documents, *requests):
            found.setdefault(name, []).append(obligation)
    return found


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _stamps(root: Path) -> Iterator[tuple[str, int, int, int]]:
    for path in (root / DECLARED, *(root / "templates").glob("*.docx")):
        try:
            facts = path.stat()
        except OSError:
            continue
        yield path.name, facts.st_mtime_ns, facts.st_size, facts.st_ino
