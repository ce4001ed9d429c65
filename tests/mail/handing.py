"""What several tests of the SMTP transport hand over, and how."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scheduler.errors import DeliveryError
from scheduler.mail.transport import SmtpSettings, SmtpTransport, Transport

MESSAGE = b"Subject: prova\r\nMessage-ID: <a@example.it>\r\n\r\nCiao.\r\n"
SENDER = "Ufficio <scadenze@example.it>"
ANNA, LUCA, SARA = "anna@example.it", "Luca <luca@example.it>", "sara@città.it"


def settings(port: int, **changes: Any) -> SmtpSettings:
    plain = SmtpSettings("localhost", port, "none", timeout_seconds=5.0, dot_timeout_seconds=5.0)
    return replace(plain, **changes)


def sent(transport: Transport, message: bytes = MESSAGE, recipients: tuple[str, ...] = (ANNA,)) -> Any:
    with transport:
        return transport.send(message, SENDER, recipients, lambda _: True)


def error_of(transport: SmtpTransport, recipients: tuple[str, ...] = (ANNA,)) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        sent(transport, recipients=recipients)
    return caught.value
