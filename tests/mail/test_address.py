"""Addresses as people write them, and those that no server would take."""

import pytest

from scheduler.errors import UserError
from scheduler.mail.address import Mailbox, read_mailbox


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("anna@example.it", Mailbox("", "anna", "example.it")),
        ("  anna@example.it ", Mailbox("", "anna", "example.it")),
        ("<anna@example.it>", Mailbox("", "anna", "example.it")),
        ("Anna Rossi <anna.rossi+cpi@example.it>", Mailbox("Anna Rossi", "anna.rossi+cpi", "example.it")),
        ('"Rossi, Anna" <anna@example.it>', Mailbox("Rossi, Anna", "anna", "example.it")),
        (r'"Anna \"la capa\"" <anna@example.it>', Mailbox('Anna "la capa"', "anna", "example.it")),
        ("Città di Milano <info@città.it>", Mailbox("Città di Milano", "info", "xn--citt-3na.it")),
        ("root@localhost", Mailbox("", "root", "localhost")),
    ],
)
def test_reads_what_people_write(text: str, mailbox: Mailbox) -> None:
    assert read_mailbox(text) == mailbox


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "@example.it",
        "anna@",
        "anna@regione",  # a slip: no top-level domain
        "anna@-example.it",
        "anna@example..it",
        "anna@exam_ple.it",
        "anna@[127.0.0.1]",
        f"anna@{'a' * 64}.it",
        "anna@example.it, luca@example.it",
        "anna rossi@example.it",
        "anna@luca@example.it",
        ".anna@example.it",
        "an..na@example.it",
        f"{'a' * 65}@example.it",
        '"anna rossi"@example.it',
        "niccolò@example.it",
        "Anna <anna@example.it> Rossi",
        "Anna <anna@example.it",
        "anna@example.it\r\nBcc: eva@example.it",
        "Anna\nRossi <anna@example.it>",
        "Anna\u2028Rossi <anna@example.it>",
        "Anna\ud800 <anna@example.it>",
        "anna@example.it\0",
    ],
)
def test_refuses_what_no_server_takes(text: str) -> None:
    with pytest.raises(UserError) as caught:
        read_mailbox(text)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].remedy
    str(caught.value).encode()  # fit for a console


def test_names_the_fault() -> None:
    with pytest.raises(UserError, match=r"«niccolò@example\.it»: la parte prima di @"):
        read_mailbox("niccolò@example.it")
    with pytest.raises(UserError, match=r"“niccolò@example\.it”: the part before @"):
        read_mailbox("niccolò@example.it", "en")
