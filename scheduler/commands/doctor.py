"""`doctor`: every check of the examination, a line for each finding, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scheduler.app import App, clock_from
from scheduler.commands.clock import instant
from scheduler.commands.console import print_json, say
from scheduler.commands.examination import Examination
from scheduler.commands.finding import Finding, Level
from scheduler.errors import Problem, ScadenzarioError, UserError
from scheduler.locale import text
from scheduler.settings import Settings, current, read_settings


def doctor(workspace: Path, now: str, *, as_json: bool) -> int:
    """Print what is found; return 0 if nothing is wrong, else the exit code of the first thing that is.

    Given the folder, and a local time for a false clock (only where `deadlines.yaml` tells the zone), or ''.
    """
    app, problems = _app(workspace)
    if now and app.adopted:
        app = replace(app, clock=clock_from(instant(app, now)))
    examination = Examination(app, problems)
    findings = tuple(examination.findings())
    code = next((item.code for item in findings if item.level is Level.WRONG), 0)
    if as_json:
        print_json({"checks": [_facts(item) for item in findings], "code": code})
    else:
        _print(findings, examination.lang)
    return code


def _app(workspace: Path) -> tuple[App, Sequence[Problem]]:
    """Return the application as far as it can be had, and what is wrong with the settings."""
    problems: Sequence[Problem] = ()
    try:
        settings = read_settings(current(), workspace)
    except UserError as error:
        settings, problems = Settings(workspace), error.problems
    app = App(settings)
    try:
        return replace(app, adopted=app.shelf.read()), problems
    except ScadenzarioError:  # the examination says what is wrong with it
        return app, problems


def _print(findings: Sequence[Finding], lang: str) -> None:
    words = {level: text(lang, f"doctor.level.{level}") for level in Level}
    width = max(map(len, words.values()))
    for item in findings:
        end = f"; {item.remedy}" if item.remedy else ""
        say(f"{words[item.level]:<{width}}  {text(lang, f'doctor.{item.check}')}: {item.what}{end}")


def _facts(item: Finding) -> dict[str, str]:
    return {"check": item.check, "level": item.level, "what": item.what, "remedy": item.remedy}
