"""Mails written into a Maildir, read back with the standard library, and folders that cannot take them."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from mailbox import Maildir
from pathlib import Path

import pytest

from scheduler.errors import DeliveryError, UserError
from scheduler.mail.maildir import MaildirTransport
from scheduler.mail.transport import Receipt, Transport

MESSAGE = b"Date: Thu, 20 Feb 2025 09:00:00 +0100\r\nMessage-ID: <a@example.it>\r\nSubject: prova\r\n\r\nCiao.\r\n"
NAME = "1740038400.aacfaa316fc909f6e02985fbbc4a35d1.scadenzario"


def delivered(transport: Transport, message: bytes = MESSAGE, *, wanted: bool = True) -> Receipt:
    with transport:
        return transport.send(message, "a@example.it", ("B <b@example.it>",), lambda _: wanted)


def files(folder: Path) -> dict[str, list[str]]:
    return {part: sorted(path.name for path in (folder / part).iterdir()) for part in ("tmp", "new", "cur")}


def test_a_mail_is_one_file_with_the_same_bytes(tmp_path: Path) -> None:
    receipt = delivered(MaildirTransport(tmp_path / "var" / "outbox"))
    assert receipt.accepted == ("B <b@example.it>",)
    assert receipt.refused == {}
    assert files(tmp_path / "var" / "outbox") == {"tmp": [], "new": [receipt.reply.split()[1]], "cur": []}
    (path,) = (tmp_path / "var" / "outbox" / "new").iterdir()
    assert path.read_bytes() == MESSAGE
    assert path.stat().st_mode & 0o077 == 0


def test_the_standard_library_reads_it(tmp_path: Path) -> None:
    delivered(MaildirTransport(tmp_path))
    delivered(MaildirTransport(tmp_path), MESSAGE.replace(b"<a@", b"<b@"))
    box = Maildir(tmp_path, create=False)
    assert [mail["Subject"] for mail in box] == ["prova", "prova"]
    assert {mail["Message-ID"] for mail in box} == {"<a@example.it>", "<b@example.it>"}


def test_the_same_mail_twice_is_one_file_also_when_read(tmp_path: Path) -> None:
    for _ in range(2):
        receipt = delivered(MaildirTransport(tmp_path))
    name = receipt.reply.split()[1]
    assert files(tmp_path) == {"tmp": [], "new": [name], "cur": []}
    (tmp_path / "new" / name).rename(tmp_path / "cur" / f"{name}:2,S")
    delivered(MaildirTransport(tmp_path))
    assert files(tmp_path) == {"tmp": [], "new": [], "cur": [f"{name}:2,S"]}


def test_the_name_comes_from_date_and_id_alone(tmp_path: Path) -> None:
    assert delivered(MaildirTransport(tmp_path)).reply == f"250 {NAME}"
    assert delivered(MaildirTransport(tmp_path), MESSAGE + b"altro\r\n").reply == f"250 {NAME}"
    assert delivered(MaildirTransport(tmp_path), MESSAGE.replace(b"09:00", b"09:01")).reply != f"250 {NAME}"
    assert delivered(MaildirTransport(tmp_path), b"Subject: senza\r\n\r\n").reply.startswith("250 0.")


def test_a_withdrawn_mail_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="nulla è partito") as caught:
        delivered(MaildirTransport(tmp_path), wanted=False)
    assert not caught.value.permanent
    assert files(tmp_path) == {"tmp": [], "new": [], "cur": []}


def test_a_fence_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    def before_dot(_: object) -> bool:
        raise RuntimeError("the ledger is gone")

    with pytest.raises(RuntimeError):
        MaildirTransport(tmp_path).send(MESSAGE, "a@example.it", ("b@example.it",), before_dot)
    assert files(tmp_path) == {"tmp": [], "new": [], "cur": []}


def test_malformed_addresses_are_refused_as_a_server_would(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        MaildirTransport(tmp_path).send(MESSAGE, "a@example.it", ("niccolò@example.it",), lambda _: True)


def fault(folder: Path, message: bytes = MESSAGE) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        delivered(MaildirTransport(folder), message)
    assert (caught.value.permanent, caught.value.after_dot) == (False, False)
    assert caught.value.problems[0].where == str(folder)
    return caught.value


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("non è una cartella")
    assert "non si può scrivere" in str(fault(tmp_path / "outbox"))
    with pytest.raises(DeliveryError):
        MaildirTransport(tmp_path / "outbox").check()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process can grow beyond the size: as near to a full disk as one comes without filling it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    with largest_file(10_000):
        error = fault(tmp_path, MESSAGE + b"x" * 100_000)
    assert "non c'è spazio" in str(error)
    assert "liberare spazio" in error.problems[0].remedy
    assert files(tmp_path) == {"tmp": [], "new": [], "cur": []}
    delivered(MaildirTransport(tmp_path))


@contextmanager
def not_root() -> Iterator[None]:
    """Root may write everywhere, so be nobody for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    MaildirTransport(folder).check()
    (folder / "tmp").chmod(0o500)
    with not_root():
        error = fault(folder)
    assert "non si può scrivere" in str(error)
    assert "permess" in str(error).lower() or "permission" in str(error).lower()
    (folder / "tmp").chmod(0o700)


def test_check_leaves_nothing(tmp_path: Path) -> None:
    MaildirTransport(tmp_path).check()
    assert files(tmp_path) == {"tmp": [], "new": [], "cur": []}
