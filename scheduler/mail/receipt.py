"""What became of one mail that was handed over: the reply, and the fate of each recipient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# told whom the server has refused, and with what reply; False withdraws the mail
BeforeDot = Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True)
class Receipt:
    """A mail that was taken for some recipients at least.

    `reply` is the server's answer to the final dot; `refused` has each refused recipient, as the caller wrote it, with
    the server's reply ("550 5.1.1 no such user"); `accepted` has the others.
    """

    reply: str
    refused: dict[str, str] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()

    @property
    def deferred(self) -> tuple[str, ...]:
        """The refused recipients whom the server may take later (a reply 4xx, such as greylisting)."""
        return tuple(recipient for recipient, reply in self.refused.items() if not reply.startswith("5"))
