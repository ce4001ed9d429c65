"""The error of a person who has decided on what is true no more; it stands here so that pages know it too."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.core.ledger import Act
from scheduler.errors import UserError


@dataclass(eq=False)
class StaleError(UserError):
    """Somebody was faster, or it is a double click: nothing was recorded."""

    acts: tuple[Act, ...] = ()  # those that the person had not seen, oldest first; of a restored ledger, all
