"""Who asks: which machines in front of the service are trusted, and what is believed of what they say."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
_HOUSEHOLD = 64  # bits of an IPv6 address that one customer of a provider has; the rest is theirs to choose


def networks(text: str) -> tuple[Network, ...]:
    """Return the machines that a text names: addresses and ranges (`10.0.0.0/8`), with commas between.

    Raises:
        ValueError: a piece is neither.
    """
    return tuple(ip_network(piece.strip()) for piece in text.split(",") if piece.strip())


def is_trusted(peer: str, trusted: Collection[Network]) -> bool:
    """Tell whether a socket's other end is a trusted machine; what is no address never is."""
    found = _address(peer)
    return found is not None and any(found in network for network in trusted)


def client_of(peer: str, forwarded: str, trusted: Collection[Network]) -> str:
    """Return who asks, for limits.

    Args:
        peer: the socket's other end.
        forwarded: `X-Forwarded-For`, to which each machine on the way adds the one that it heard from.
        trusted: the machines whose additions are believed: the last one that is not theirs is the client.

    Returns:
        An IPv4 address, or the first half of an IPv6 address; a peer that is no address, as it is.
    """
    asking = peer
    for piece in reversed(forwarded.split(",") if forwarded else ()):
        if not is_trusted(asking, trusted) or _address(piece.strip()) is None:
            break
        asking = piece.strip()
    return _household(asking)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _household(text: str) -> str:
    found = _address(text)
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found), _HOUSEHOLD), strict=False))
    return str(found or text)
