"""Settings from the environment, from files it names, and from systemd credentials; secrets never show in a repr."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scheduler.errors import Problem, UserError
from scheduler.locale import LANGUAGES, text

PREFIX = "SCADENZARIO_"
SECURITIES = ("ssl", "starttls", "none")
_DEFAULT_PORTS = {"ssl": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True)
class Settings:
    """What the environment says; the README explains each name."""

    workspace: Path
    language: str = ""  # of messages and mails; empty: the office's, as `deadlines.yaml` says
    database_url: str = field(default="sqlite:///var/ledger.sqlite3", repr=False)
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_ca_file: str = ""
    mail_from: str = ""
    listen: str = "127.0.0.1:8080"
    base_url: str = ""


def language(environ: Mapping[str, str]) -> str:
    """Return the language to speak before the office's own is known: Italian, unless the environment says `en`."""
    wanted = environ.get(f"{PREFIX}LANGUAGE", "it")
    return wanted if wanted in LANGUAGES else "it"


def read_settings(environ: Mapping[str, str], workspace: Path | None = None) -> Settings:
    """Return the settings.

    Raises:
        UserError: with every value that cannot be used.
    """
    lang = language(environ)
    problems: list[Problem] = []
    values = {name: _value(name, environ, lang, problems) for name in _NAMES}
    security = values["SMTP_SECURITY"] or "starttls"
    if security not in SECURITIES:
        problems.append(_bad("SMTP_SECURITY", security, lang, ", ".join(SECURITIES)))
    if environ.get(f"{PREFIX}LANGUAGE", "it") not in LANGUAGES:
        problems.append(_bad("LANGUAGE", environ[f"{PREFIX}LANGUAGE"], lang, ", ".join(LANGUAGES)))
    port = _port(values["SMTP_PORT"], _DEFAULT_PORTS.get(security, 587), lang, problems)
    _check_listen(values["LISTEN"], lang, problems)
    if values["SMTP_HOST"] and not values["MAIL_FROM"]:
        problems.append(_bad("MAIL_FROM", "–", lang, "ufficio@ente.it"))
    host = values["SMTP_HOST"]
    if security == "none" and values["SMTP_USER"] and host not in ("localhost", "127.0.0.1", "::1"):
        problems.append(_bad("SMTP_SECURITY", security, lang, "ssl, starttls"))  # a password never goes in clear
    if problems:
        raise UserError(tuple(problems))
    return Settings(
        workspace=workspace or Path(environ.get(f"{PREFIX}WORKSPACE") or "."),
        language=environ.get(f"{PREFIX}LANGUAGE", ""),
        database_url=values["DATABASE_URL"] or Settings.database_url,
        smtp_host=values["SMTP_HOST"],
        smtp_port=port,
        smtp_security=security,
        smtp_user=values["SMTP_USER"],
        smtp_password=values["SMTP_PASSWORD"],
        smtp_ca_file=values["SMTP_CA_FILE"],
        mail_from=values["MAIL_FROM"],
        listen=values["LISTEN"] or Settings.listen,
        base_url=values["BASE_URL"].rstrip("/"),
    )


_NAMES = (
    "DATABASE_URL",
    "SMTP_HOST",
    "SMTP_PORT",
    "SMTP_SECURITY",
    "SMTP_USER",
    "SMTP_PASSWORD",
    "SMTP_CA_FILE",
    "MAIL_FROM",
    "LISTEN",
    "BASE_URL",
)


def _value(name: str, environ: Mapping[str, str], lang: str, problems: list[Problem]) -> str:
    """Return one setting: the variable, else the file that `…_FILE` names, else systemd's credential, else ''."""
    key = f"{PREFIX}{name}"
    if key in environ:
        return environ[key].strip()
    named = environ.get(f"{key}_FILE")
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    path = Path(named) if named else Path(credentials, key.lower()) if credentials else None
    if path is None or (not named and not path.exists()):
        return ""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(_bad(f"{name}_FILE", str(path), lang, str(getattr(error, "strerror", "UTF-8"))))
        return ""


def _port(value: str, default: int, lang: str, problems: list[Problem]) -> int:
    if not value:
        return default
    if not (value.isdigit() and 0 < int(value) < 65536):
        problems.append(_bad("SMTP_PORT", value, lang, "1-65535"))
        return default
    return int(value)


def _check_listen(value: str, lang: str, problems: list[Problem]) -> None:
    host, _, port = (value or Settings.listen).rpartition(":")
    if not host or not port.isdigit() or not int(port) < 65536:
        problems.append(_bad("LISTEN", value, lang, Settings.listen))


def _bad(name: str, value: str, lang: str, wanted: str) -> Problem:
    shown = "…" if name in ("SMTP_PASSWORD", "DATABASE_URL") else value
    what = text(lang, "settings.bad", value=shown)
    return Problem(f"{PREFIX}{name}", what, text(lang, "settings.bad.remedy", wanted=wanted))


def current() -> Mapping[str, str]:
    """Return the process's environment."""
    return os.environ
