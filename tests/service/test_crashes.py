"""A year of an office in which the process dies at every step of it: nothing is lost, and nothing repeated unseen."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.app import App
from tests.service.stumbling import Fate
from tests.service.year import Year, lived, make_year

LEFT = {"after deliveries.dot", "before dot"}  # the server does not have the mail, and the ledger cannot know it
TAKEN = {"after dot", "before deliveries.sent"}  # it has
OFTEN = 0.03
SEEDS = int(os.environ.get("SCADENZARIO_SEEDS", "1"))  # years in which it dies at random
AWAY = (0, 1, 20, 60, 600, 3 * 1440, 10 * 1440)  # minutes


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> App:
    return make_year(tmp_path_factory.mktemp("year") / "office", 2026)


@pytest.fixture(scope="module")
def quiet(office: App, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The year in which nothing happens."""
    year = lived(office, tmp_path_factory.mktemp("quiet"), Fate())
    assert set(year.actions.values()) == {"performed"}
    assert {mail.state for mail in year.mails.values()} == {"sent"}
    assert set(year.life.post.arrived.values()) == {1}
    return year


@pytest.mark.parametrize("where", ["elsewhere", "before the server has it", "when the server has it"])
def test_dying_at_every_step_changes_nothing_but_what_nobody_can_know(
    office: App, quiet: Year, tmp_path: Path, where: str
) -> None:
    """Only in the window that SMTP leaves a mail may come again, and is flagged then; never under another name."""
    steps = quiet.life.fate.steps
    window = {"before the server has it": LEFT, "when the server has it": TAKEN}
    kinds = window.get(where, set(steps) - LEFT - TAKEN)
    year = lived(office, tmp_path, Fate(kinds.__contains__))
    arrived, crashes = year.life.post.arrived, year.life.fate.crashes
    assert crashes >= Counter({kind: steps[kind] for kind in kinds}), "each step of the quiet year, and more"
    assert year.actions == quiet.actions
    assert year.mails == quiet.mails, "nothing lost, and never a second Message-ID"
    assert {mail.ambiguous for mail in year.mails.values()} == {where in window}
    assert arrived == dict.fromkeys(quiet.mails, 1 + (len(TAKEN) if kinds == TAKEN else 0))
    print(f"{sum(crashes.values())} crashes {where}, {len(arrived)} mails, arrived {sorted(set(arrived.values()))}")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_dying_anywhere_and_staying_away_loses_and_repeats_nothing(
    office: App, quiet: Year, tmp_path: Path, seed: int
) -> None:
    """The service stays down for minutes or days: then digests speak for what has passed."""
    chance = random.Random(seed)  # noqa: S311
    fate = Fate(lambda kind: chance.random() < OFTEN, away=lambda: timedelta(minutes=chance.choice(AWAY)))
    year = lived(office, tmp_path, fate)
    arrived = year.life.post.arrived
    assert sum(fate.crashes.values()) > 50
    assert set(year.actions.values()) <= {"performed", "superseded", "cancelled"}
    of_duties = {key for key in quiet.actions if not key.startswith("alive")}
    assert of_duties <= set(year.actions), "everything that was owed is accounted for"
    assert {mail.state for mail in year.mails.values()} == {"sent"}
    assert set(arrived) == set(year.mails)
    assert {name for name, count in arrived.items() if count > 1} <= {
        name for name, mail in year.mails.items() if mail.ambiguous
    }
    assert len({mail.action for mail in year.mails.values()}) == len(year.mails), "one mail for an action"
    assert any(key.startswith("digest") for key in year.actions)
    print(f"seed {seed}: {sum(fate.crashes.values())} crashes, {Counter(year.actions.values())}")
