"""What the process imports from which the others are forked: all of the program, and what it uses."""

from __future__ import annotations

import importlib
import pkgutil

import dbos  # noqa: F401  (imported by the program where it is needed; so the ones below)
import psycopg  # noqa: F401
import rich.table  # noqa: F401
import uvicorn  # noqa: F401

import scheduler
from scheduler.framework import configure

configure()
for _module in pkgutil.walk_packages(scheduler.__path__, "scheduler."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)
