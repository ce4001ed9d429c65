"""Settings from the environment, from files it names, and from systemd credentials; secrets never show in a repr."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

from scheduler.entry_settings import ENTRY_NAMES, SECRETS, EntrySettings, read_entry
from scheduler.errors import Problem, UserError
from scheduler.locale import LANGUAGES, text

PREFIX = "SCADENZARIO_"
SECURITIES: tuple[Literal["ssl", "starttls", "none"], ...] = ("ssl", "starttls", "none")
LOG_FORMATS: tuple[Literal["text", "json"], ...] = ("text", "json")
MOST_MONTHS = 1200
_SOURCE = re.compile(rf"{PREFIX}SOURCE_([A-Z][A-Z0-9_]*?)(_FILE)?")
_DEFAULT_PORTS = {"ssl": 465, "starttls": 587, "none": 25}
_IMAP_PORTS = {"ssl": 993, "starttls": 143, "none": 143}

Choice = TypeVar("Choice", bound=str)


@dataclass(frozen=True)
class Settings:
    """What the environment says; the README explains each name."""

    workspace: Path
    language: str = ""  # of messages and mails; empty: the office's, as `deadlines.yaml` says
    database_url: str = field(default="sqlite:///var/ledger.sqlite3", repr=False)
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_security: Literal["ssl", "starttls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_ca_file: str = ""
    mail_from: str = ""
    listen: str = "127.0.0.1:8080"
    base_url: str = ""
    log_format: Literal["text", "json"] = "text"
    alert_command: str = field(default="", repr=False)  # it may carry a key of the service that it calls
    node: str = ""  # this machine's name among several; empty: the host's, with a number
    mails_per_minute: int = 0  # over all nodes; 0: no limit
    mail_connections: int = 0  # over all nodes; 0: one for each node
    archive_address: str = ""  # gets a copy of every mail
    imap_host: str = ""  # where that copy can be looked for
    imap_port: int = 0
    imap_security: Literal["ssl", "starttls", "none"] = "ssl"
    imap_user: str = ""
    imap_password: str = field(default="", repr=False)
    imap_folder: str = "INBOX"
    feed_days_back: int = 90  # the calendar's window around today
    feed_days_ahead: int = 400
    keep_months: int = 0  # of bytes of old mails and drafts; 0: for ever
    source_urls: Mapping[str, str] = field(default_factory=dict, repr=False)  # databases that tables are read from
    entry: EntrySettings = field(default_factory=EntrySettings)  # by what people come in

    @property
    def has_limits(self) -> bool:
        """Tell whether mails are limited over all nodes."""
        return bool(self.mails_per_minute or self.mail_connections)


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
    if environ.get(f"{PREFIX}LANGUAGE", "it") not in LANGUAGES:
        problems.append(_bad("LANGUAGE", environ[f"{PREFIX}LANGUAGE"], lang, ", ".join(LANGUAGES)))
    _check_listen(values["LISTEN"], lang, problems)
    _check_command(values["ALERT_COMMAND"], lang, problems)
    settings = Settings(
        workspace=workspace or Path(environ.get(f"{PREFIX}WORKSPACE") or "."),
        language=environ.get(f"{PREFIX}LANGUAGE", ""),
        database_url=values["DATABASE_URL"] or Settings.database_url,
        mail_from=values["MAIL_FROM"],
        listen=values["LISTEN"] or Settings.listen,
        base_url=values["BASE_URL"].rstrip("/"),
        log_format=_chosen("LOG_FORMAT", values, LOG_FORMATS, Settings.log_format, lang, problems),
        alert_command=values["ALERT_COMMAND"],
        node=values["NODE"],
        mails_per_minute=_number("MAILS_PER_MINUTE", values, lang, problems),
        mail_connections=_number("MAIL_CONNECTIONS", values, lang, problems),
        feed_days_back=_number("FEED_DAYS_BACK", values, lang, problems) or Settings.feed_days_back,
        feed_days_ahead=_number("FEED_DAYS_AHEAD", values, lang, problems) or Settings.feed_days_ahead,
        keep_months=_number("KEEP_MONTHS", values, lang, problems, MOST_MONTHS),
        source_urls={name: _value(f"SOURCE_{name.upper()}", environ, lang, problems) for name in _sources(environ)},
        entry=read_entry(values, lambda name, value, wanted: problems.append(_bad(name, value, lang, wanted))),
        **_smtp(values, lang, problems),
        **_imap(values, lang, problems),
    )
    if problems:
        raise UserError(tuple(problems))
    return settings


def _sources(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the databases that tables may be read from: `anagrafe` of `SCADENZARIO_SOURCE_ANAGRAFE`."""
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    files = [path.name.upper() for path in Path(credentials).glob("*")] if credentials else []
    found = (_SOURCE.fullmatch(name) for name in (*environ, *files))
    return sorted({match[1].lower() for match in found if match})


def _smtp(values: Mapping[str, str], lang: str, problems: list[Problem]) -> dict[str, Any]:
    security = _chosen("SMTP_SECURITY", values, SECURITIES, Settings.smtp_security, lang, problems)
    if values["SMTP_HOST"] and not values["MAIL_FROM"]:
        problems.append(_bad("MAIL_FROM", "–", lang, "ufficio@ente.it"))
    _check_secrecy("SMTP", security, values, lang, problems)
    return {
        "smtp_host": values["SMTP_HOST"],
        "smtp_port": _port("SMTP_PORT", values, _DEFAULT_PORTS[security], lang, problems),
        "smtp_security": security,
        "smtp_user": values["SMTP_USER"],
        "smtp_password": values["SMTP_PASSWORD"],
        "smtp_ca_file": values["SMTP_CA_FILE"],
    }


def _imap(values: Mapping[str, str], lang: str, problems: list[Problem]) -> dict[str, Any]:
    security = _chosen("IMAP_SECURITY", values, SECURITIES, Settings.imap_security, lang, problems)
    if values["IMAP_HOST"] and not values["ARCHIVE_ADDRESS"]:
        problems.append(_bad("ARCHIVE_ADDRESS", "–", lang, "archivio@ente.it"))
    _check_secrecy("IMAP", security, values, lang, problems)
    return {
        "archive_address": values["ARCHIVE_ADDRESS"],
        "imap_host": values["IMAP_HOST"],
        "imap_port": _port("IMAP_PORT", values, _IMAP_PORTS[security], lang, problems),
        "imap_security": security,
        "imap_user": values["IMAP_USER"],
        "imap_password": values["IMAP_PASSWORD"],
        "imap_folder": values["IMAP_FOLDER"] or Settings.imap_folder,
    }


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
    "LOG_FORMAT",
    "ALERT_COMMAND",
    "NODE",
    "MAILS_PER_MINUTE",
    "MAIL_CONNECTIONS",
    "ARCHIVE_ADDRESS",
    "IMAP_HOST",
    "IMAP_PORT",
    "IMAP_SECURITY",
    "IMAP_USER",
    "IMAP_PASSWORD",
    "IMAP_FOLDER",
    "KEEP_MONTHS",
    "FEED_DAYS_BACK",
    "FEED_DAYS_AHEAD",
    *ENTRY_NAMES,
)
_HIDDEN = ("SMTP_PASSWORD", "IMAP_PASSWORD", "DATABASE_URL", "ALERT_COMMAND", *SECRETS)


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


def _port(name: str, values: Mapping[str, str], default: int, lang: str, problems: list[Problem]) -> int:
    value = values[name]
    if value and not (value.isdigit() and 0 < int(value) < 65536):
        problems.append(_bad(name, value, lang, "1-65535"))
        return default
    return int(value or default)


def _number(name: str, values: Mapping[str, str], lang: str, problems: list[Problem], most: int = 99_999) -> int:
    """Return a limit; 0 where none is set."""
    value = values[name]
    if value and not (value.isascii() and value.isdigit() and 0 < int(value[:9]) <= most):
        problems.append(_bad(name, value, lang, f"1-{most}"))
        return 0
    return int(value or 0)


def _chosen(
    name: str, values: Mapping[str, str], known: Sequence[Choice], default: Choice, lang: str, problems: list[Problem]
) -> Choice:
    value = values[name]
    found = next((item for item in known if item == value), None)
    if value and found is None:
        problems.append(_bad(name, value, lang, ", ".join(known)))
    return found or default


def _check_secrecy(kind: str, security: str, values: Mapping[str, str], lang: str, problems: list[Problem]) -> None:
    """A password never goes in clear, but to this very machine."""
    here = values[f"{kind}_HOST"] in ("localhost", "127.0.0.1", "::1")
    if security == "none" and values[f"{kind}_USER"] and not here:
        problems.append(_bad(f"{kind}_SECURITY", security, lang, "ssl, starttls"))


def _check_listen(value: str, lang: str, problems: list[Problem]) -> None:
    host, _, port = (value or Settings.listen).rpartition(":")
    if not host or not port.isdigit() or not int(port) < 65536:
        problems.append(_bad("LISTEN", value, lang, Settings.listen))


def _check_command(value: str, lang: str, problems: list[Problem]) -> None:
    try:
        shlex.split(value)
    except ValueError:  # a quotation that does not end
        problems.append(_bad("ALERT_COMMAND", value, lang, "/opt/scadenzario/avvisa 'a b'"))


def _bad(name: str, value: str, lang: str, wanted: str) -> Problem:
    shown = "…" if name in _HIDDEN and value != "–" else value
    what = text(lang, "settings.bad", value=shown)
    return Problem(f"{PREFIX}{name}", what, text(lang, "settings.bad.remedy", wanted=wanted))


def current() -> Mapping[str, str]:
    """Return the process's environment."""
    return os.environ
