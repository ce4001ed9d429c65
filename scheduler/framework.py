"""Django's settings, in one place. The ledger's tables use Django; databases are added by `ledger.database`."""

from __future__ import annotations

import os

INSTALLED_APPS = ["scheduler.ledger"]
DATABASES: dict[str, dict[str, str]] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING_CONFIG = None


def configure() -> None:
    """Set Django up for this process; a second call does nothing."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", __name__)
    django.setup()
