"""Django's name for the ledger."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger as a Django application."""

    name = "scheduler.ledger"
    label = "ledger"
