"""What signing in asks of the rest of the program; it goes by the real time, whatever the house's own is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from scheduler.core.access import Person
from scheduler.core.proxy import Network

if TYPE_CHECKING:  # a library that only those need whose office has such a server
    from scheduler.web.access.oidc import SignInServer


class Post(Protocol):
    """The way out for mails to sign in with, which no ledger keeps."""

    def send(self, person: Person, address: str) -> None:
        """Mail a person the address by which they come in.

        Raises:
            ScadenzarioError: the mail did not go out.
        """
        ...


class Queue(Protocol):
    """Does one thing after the other, beside the requests."""

    def __call__(self, work: Callable[[], None]) -> None: ...


@dataclass(frozen=True)
class Door:
    """By what people come in."""

    clock: Callable[[], datetime]  # the real one: a false clock is the deadlines' alone
    key: Callable[[], str]  # signs what browsers carry for a moment
    post: Post
    later: Queue
    trusted: tuple[Network, ...] = ()
    header: str = ""  # in which a trusted proxy names who is signed in
    server: SignInServer | None = None
