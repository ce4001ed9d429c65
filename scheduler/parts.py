"""The outer parts as the settings want them: the ledger, the engine, the way out for mail, the archive of copies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.settings import Settings

if TYPE_CHECKING:  # each is imported by the function that makes it, so that every command starts at once
    from scheduler.ledger.copy import Copier
    from scheduler.ledger.store import Store
    from scheduler.mail.archive import Archive
    from scheduler.mail.transport import Transport
    from scheduler.service.durable import DurableEngine
    from scheduler.service.retention import Retention
    from scheduler.service.workspace import Workspace


def store(url: str, root: Path, lang: str) -> Store:
    """Return the ledger of a URL; a SQLite path is relative to `root`."""
    from scheduler import framework

    framework.configure()
    from scheduler.ledger.database import connect
    from scheduler.ledger.store import Store

    return Store(connect(url, root, lang), lang)


def ledger_alias(settings: Settings, lang: str) -> str:
    """Return the name by which the ledger is known, without making, opening or upgrading it."""
    from scheduler import framework

    framework.configure()
    from scheduler.ledger.database import known_as

    return known_as(settings.database_url, settings.workspace, lang)


def copier(settings: Settings, lang: str) -> Copier:
    """Return the workspace's ledger for backup and restore; it is not opened yet, and nothing else is needed."""
    from scheduler import framework

    framework.configure()
    from scheduler.ledger.copy import Copier

    return Copier(settings.database_url, settings.workspace, lang)


def engine(settings: Settings, file: Path | None, node: str, lang: str) -> DurableEngine:
    """Return the engine of a node, on a file of its own or in the ledger's database."""
    from scheduler.service.durable import DurableEngine, Limits

    limits = Limits(settings.mails_per_minute or None, settings.mail_connections or None)
    shared = settings.database_url.replace("postgres://", "postgresql://", 1)
    url = shared if file is None else f"sqlite:///{file.resolve()}"
    return DurableEngine(url, node, limits, lang)


def transport(settings: Settings, workspace: Workspace, lang: str) -> Transport:
    """Return the SMTP server, or the Maildir where none is set."""
    from scheduler.mail.maildir import MaildirTransport
    from scheduler.mail.transport import SmtpSettings, SmtpTransport

    if not settings.smtp_host:
        return MaildirTransport(workspace.outbox, lang)
    smtp = SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user or None,
        password=settings.smtp_password or None,
        ca_file=_path(settings.smtp_ca_file),
    )
    return SmtpTransport(smtp, lang)


def archive(settings: Settings, lang: str) -> Archive | None:
    """Return the mailbox that gets a copy of every mail, where it can be asked."""
    from scheduler.mail.archive import ImapArchive, ImapSettings

    if not settings.imap_host:
        return None
    imap = ImapSettings(
        host=settings.imap_host,
        port=settings.imap_port,
        security=settings.imap_security,
        user=settings.imap_user,
        password=settings.imap_password,
        folder=settings.imap_folder,
        ca_file=_path(settings.smtp_ca_file),
    )
    return ImapArchive(imap, lang)


def retention(settings: Settings, workspace: Workspace, ledger: str, lang: str) -> Retention:
    """Return what removes what is kept no longer; the ledger is known by an alias."""
    from scheduler.ledger.kept_files import KeptFiles
    from scheduler.service.retention import Retention

    return Retention(workspace, KeptFiles(ledger, workspace.root, lang), settings.keep_months)


def _path(named: str) -> Path | None:
    return Path(named) if named else None
