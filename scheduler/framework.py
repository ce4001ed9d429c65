"""Django's settings, in one place: the ledger's tables, and the pages. Databases are added by `ledger.database`."""

from __future__ import annotations

import os
from pathlib import Path

INSTALLED_APPS = ["scheduler.ledger"]
DATABASES: dict[str, dict[str, str]] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False  # sentences come from our own catalogues
LOGGING_CONFIG = None

ROOT_URLCONF = "scheduler.web.urls"
MIDDLEWARE = [
    "scheduler.web.house.housed",
    "scheduler.web.security.protected",
    "scheduler.web.api.trouble.troubled",
    "scheduler.web.failures.explained",
    "scheduler.web.access.identity.identified",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "web" / "templates"],
        "OPTIONS": {
            "builtins": ["scheduler.web.words"],
            "context_processors": ["scheduler.web.words.surroundings"],
        },
    }
]
ALLOWED_HOSTS = ["*"]  # which names the page answers to is `web.front`'s: it knows the settings of the workspace
CSRF_FAILURE_VIEW = "scheduler.web.failures.forged"
CSRF_COOKIE_HTTPONLY = True
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes of a form without its files; `web.front` limits the whole
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 5


def configure() -> None:
    """Set Django up for this process; a second call does nothing."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", __name__)
    django.setup()
