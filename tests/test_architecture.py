"""The package keeps its shape; and each rule of the shape is proved to fail where it is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from .architecture import (
    MAY_IMPORT,
    Rule,
    each_library_in_one_place,
    everything_public_has_a_docstring,
    files_are_short,
    functions_are_short,
    no_loose_ends,
    no_smtplib,
    only_downwards,
    sources,
    the_clock_is_read_in_app_only,
    the_core_is_pure,
)

PACKAGE = Path(__file__).resolve().parents[1] / "scheduler"


def _hold(rule: Rule, package: Path = PACKAGE) -> None:
    broken = [sentence for source in sources(package) for sentence in rule(source)]
    assert not broken, "\n".join([rule.__doc__ or rule.__name__, *broken])


def test_imports_go_downwards_only() -> None:
    _hold(only_downwards)


def test_each_third_party_library_is_imported_in_one_folder() -> None:
    _hold(each_library_in_one_place)


def test_nobody_imports_smtplib() -> None:
    _hold(no_smtplib)


def test_the_core_is_pure() -> None:
    _hold(the_core_is_pure)


def test_the_clock_is_read_in_app_only() -> None:
    _hold(the_clock_is_read_in_app_only)


def test_everything_public_has_a_docstring() -> None:
    _hold(everything_public_has_a_docstring)


def test_no_file_is_long() -> None:
    _hold(files_are_short)


def test_no_function_is_long() -> None:
    _hold(functions_are_short)


def test_nothing_is_left_to_be_done() -> None:
    _hold(no_loose_ends)


def test_the_whole_package_was_read() -> None:
    parts = {source.part for source in sources(PACKAGE)}
    assert parts == set(MAY_IMPORT)


# Each rule can fail: the smallest file that breaks it, and where it says so.

LONG_BODY = '"""M."""\n\n\ndef f():\n    """F."""\n' + "    x = 1\n" * 41
FITTING_BODY = '"""M."""\n\n\ndef f():\n    """F.\n\n    Several lines.\n    """\n' + "    x = 1\n" * 40
BROKEN: list[tuple[Rule, str, str, str]] = [
    (only_downwards, "core/a.py", "from scheduler.errors import Problem", ":1: core imports scheduler.errors.Problem"),
    (only_downwards, "core/a.py", "from scheduler import mail", ":1: core imports scheduler.mail"),
    (only_downwards, "errors.py", "import scheduler.core.data", "errors imports scheduler.core.data"),
    (only_downwards, "locale/a.py", "from scheduler.errors import Problem", "locale imports"),
    (only_downwards, "mail/a.py", "from scheduler.ledger.store import Store", "mail imports scheduler.ledger.store"),
    (only_downwards, "mail/a.py", "from ..ledger import store", "mail imports scheduler.ledger.store"),
    (only_downwards, "mail/a.py", "from .. import ledger", "mail imports scheduler.ledger"),
    (only_downwards, "feed/a.py", "def f():\n    from scheduler.service import sweep", ":2: feed imports"),
    (only_downwards, "feed/a.py", "if TYPE_CHECKING:\n    from scheduler.app import App", ":2: feed imports"),
    (only_downwards, "feed/a.py", 'm = import_module("scheduler.web")', "feed imports scheduler.web"),
    (only_downwards, "feed/a.py", 'm = importlib.import_module(f"scheduler.web.{x}")', "feed imports scheduler.web."),
    (only_downwards, "service/a.py", "from scheduler.web import page", "service imports scheduler.web.page"),
    (only_downwards, "service/a.py", "from scheduler.settings import Settings", "service imports scheduler.settings"),
    (only_downwards, "web/a.py", "from scheduler.service import sweep", "web imports scheduler.service.sweep"),
    (only_downwards, "app.py", "from scheduler.commands import clock", "app imports scheduler.commands.clock"),
    (only_downwards, "commands/a.py", "from scheduler.cli import main", "commands imports scheduler.cli.main"),
    (only_downwards, "utils/a.py", "x = 1", "utils has no place"),
    (each_library_in_one_place, "service/a.py", "import pandas as pd", "service imports pandas, whose place is intake"),
    (each_library_in_one_place, "app.py", "def f():\n    import django", ":2: app imports django"),
    (each_library_in_one_place, "mail/a.py", "import httpx", "imports httpx, whose place is no part yet"),
    (no_smtplib, "mail/a.py", "def f():\n    from smtplib import SMTP", ":2: imports smtplib"),
    (no_smtplib, "mail/a.py", "import smtplib", ":1: imports smtplib"),
    (the_core_is_pure, "core/a.py", "import logging", "the core imports logging"),
    (the_core_is_pure, "core/a.py", "from pathlib import Path", "the core imports pathlib.Path"),
    (the_core_is_pure, "core/a.py", "import holidays", "not of the standard library"),
    (the_core_is_pure, "core/a.py", "x = open('y')", "the core uses open"),
    (the_core_is_pure, "core/a.py", "from datetime import datetime as d\nx = d.now()", ":2: the core uses datetime"),
    (the_clock_is_read_in_app_only, "mail/a.py", "from datetime import datetime\nx = datetime.now(UTC)", ":2: reads"),
    (the_clock_is_read_in_app_only, "mail/a.py", "import datetime as dt\nx = dt.datetime.now(dt.UTC)", ":2: reads"),
    (the_clock_is_read_in_app_only, "mail/a.py", "from datetime import date\nx = date.today()", "datetime.date.today"),
    (the_clock_is_read_in_app_only, "mail/a.py", "import datetime\nx = datetime.datetime.utcnow()", "utcnow"),
    (the_clock_is_read_in_app_only, "mail/a.py", "import time\nf(clock=time.time)", ":2: reads the clock (time.time)"),
    (
        the_clock_is_read_in_app_only,
        "mail/a.py",
        "from time import time\nx = time()",
        ":2: reads the clock (time.time)",
    ),
    (the_clock_is_read_in_app_only, "ledger/a.py", "from django.utils import timezone\nx = timezone.now", ":2: reads"),
    (the_clock_is_read_in_app_only, "ledger/a.py", "at = models.DateTimeField(auto_now=True)", "auto_now"),
    (everything_public_has_a_docstring, "feed/a.py", "x = 1", ":1: the module has no docstring"),
    (everything_public_has_a_docstring, "feed/a.py", '"""M."""\ndef f():\n    pass', ":2: f has no docstring"),
    (everything_public_has_a_docstring, "feed/a.py", '"""M."""\nclass A:\n    x = 1', ":2: A has no docstring"),
    (
        everything_public_has_a_docstring,
        "feed/a.py",
        '"""M."""\nclass A:\n    """A."""\n    @property\n    def p(self):\n        pass',
        ":5: p has no docstring",
    ),
    (files_are_short, "feed/a.py", "x = 1\n" * 301, "the file has 301 lines"),
    (functions_are_short, "feed/a.py", LONG_BODY, ":4: the body of f has 41 lines"),
    (functions_are_short, "cli.py", f"async {LONG_BODY.partition('def')[1]} f():\n" + "    x = 1\n" * 41, "41 lines"),
    (no_loose_ends, "feed/a.py", "x = 1\ny = 2  # " + "TODO: more", ":2: TODO"),
    (no_loose_ends, "feed/a.py", '"""FIX' + 'ME."""', ":1: FIXME"),
]


@pytest.mark.parametrize(("rule", "path", "code", "sentence"), BROKEN)
def test_a_broken_rule_is_seen(tmp_path: Path, rule: Rule, path: str, code: str, sentence: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(code, "utf-8")
    with pytest.raises(AssertionError) as caught:
        _hold(rule, tmp_path)
    assert f"scheduler/{path}:" in str(caught.value)
    assert sentence in str(caught.value)


RULES: list[Rule] = list(dict.fromkeys(rule for rule, *_ in BROKEN))
SOUND = {
    "core/a.py": '"""M."""\nfrom datetime import datetime, time\nfrom scheduler.core.b import c\n_x = time(9)\n',
    "locale/a.py": '"""M."""\nfrom scheduler.core.explain import Step\n',
    "mail/a.py": '"""M."""\nimport yagmail\nimport time\nfrom scheduler.errors import Problem\n_x = time.monotonic()\n',
    "service/a.py": '"""M."""\nfrom scheduler.mail import a\nfrom scheduler.ledger.store import Store\n',
    "app.py": '"""M."""\nfrom datetime import datetime\nfrom scheduler import framework\n_x = datetime.now()\n',
    "cli.py": '"""M."""\nimport typer\nfrom scheduler import __version__\n@a.command("x")\ndef x():\n    pass\n',
    "ledger/a.py": '"""M."""\nclass A:\n    """A."""\n    class Meta:\n        x = 1\n    def __str__(self): f\n',
    "ledger/migrations/0001_initial.py": "from django.db import models\nclass Migration:\n    pass\n",
    "mail/b.py": '"""M."""\nclass A(Protocol):\n    """A."""\n    def send(self) -> None: ...\n',
    "feed/a.py": FITTING_BODY,
    "feed/b.py": '"""M."""\n' + "x = 1\n" * 299,
    "feed/c.py": '"""M."""\nclass _A:\n    def f(self):\n        pass\ndef _g():\n    def h():\n        pass\n',
}


@pytest.mark.parametrize("rule", RULES)
def test_what_is_sound_passes(tmp_path: Path, rule: Rule) -> None:
    for path, code in SOUND.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code, "utf-8")
    _hold(rule, tmp_path)


def test_every_rule_of_this_file_is_proved_to_fail() -> None:
    assert len(RULES) == 9
