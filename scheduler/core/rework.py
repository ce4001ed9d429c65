"""Where a version of a document came from that holds what people wrote."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rework:
    """Of a version that people have edited, or that carries on what they wrote with new figures."""

    after: int  # the version that it came from
    own: str  # the file of what the service itself had made, relative to `var/`
    own_sha256: str
    who: str = ""  # who put it back; '' where the service has carried it on
