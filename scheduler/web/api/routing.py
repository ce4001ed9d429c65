"""The one table of the interface's ways: those that read and those that act share addresses."""

from __future__ import annotations

from ninja import Router

from scheduler.web.api.bearer import READING

router = Router(auth=READING)
