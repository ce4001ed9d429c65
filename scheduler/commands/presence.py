"""Whether a process works on a workspace now."""

from __future__ import annotations

from datetime import datetime

from scheduler.service.health import LATE
from scheduler.service.workspace import Workspace
from scheduler.settings import Settings


def is_served(settings: Settings, workspace: Workspace, swept_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody holds the workspace's lock; on PostgreSQL, whether one of the nodes has swept of late.

    Raises:
        SourceError: the lock cannot be read.
    """
    if settings.database_url.startswith("sqlite:"):
        return workspace.is_locked()
    return swept_at is not None and abs(now - swept_at) <= LATE
