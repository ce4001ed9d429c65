"""The service on a false clock: wired as the real one, with its state in another folder and a ledger of its own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.app import App

if TYPE_CHECKING:
    from scheduler.service.simulate import Simulation


def simulation(app: App, start: datetime, out: Path, database: Path, *, filed_on_target: bool) -> Simulation:
    """Return a simulation that begins at an instant, keeps its mails and drafts under `out`, and mails nobody."""
    from scheduler.mail.maildir import MaildirTransport
    from scheduler.parts import store as open_store
    from scheduler.service.delivery import Postman
    from scheduler.service.engine import InlineEngine
    from scheduler.service.simulate import FalseClock, Simulation
    from scheduler.service.workspace import Workspace

    clock = FalseClock(start)
    workspace = Workspace(app.workspace.root, app.lang, state=out)
    store = open_store(f"sqlite:///{database}", Path("/"), app.lang)
    transport = MaildirTransport(workspace.outbox, app.lang)
    postman = Postman(workspace, store.deliveries, transport, clock, "simulation/1")
    engine = InlineEngine()
    sweeper = app.sweeper_over(workspace, store, postman, engine, "simulation")
    engine.start(sweeper.handlers)
    return Simulation(sweeper, clock, filed_on_target)
