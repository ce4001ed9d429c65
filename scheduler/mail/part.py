"""The parts of a mail as bytes: the same that Python's email package makes, which takes several times as long."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Sequence
from email import quoprimime
from email.message import MIMEPart
from email.policy import SMTP

_WIDTH = 76
_CRLF = b"\r\n"
_POLICY = SMTP.clone(cte_type="7bit", utf8=False, max_line_length=_WIDTH)


def multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Return the parts as one; the boundary must occur in none of them."""
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'
    pieces = [piece for part in parts for piece in (f"--{boundary}\r\n".encode("ascii"), part, _CRLF)]
    return b"".join((head.encode("ascii"), *pieces, f"--{boundary}--\r\n".encode("ascii")))


def text_part(text: str, subtype: str) -> bytes:
    """Return a text in UTF-8, as quoted-printable; `subtype` is `plain` or `html`."""
    lines = text.encode("utf-8").splitlines()
    body = quoprimime.body_encode("".join(line.decode("latin-1") + "\n" for line in lines) or "\n", _WIDTH)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n\n'
    return (head + body).replace("\n", "\r\n").encode("ascii")


def file_part(name: str, content: bytes, media_type: str) -> bytes:
    """Return a file as an attachment, in base64."""
    encoded = b2a_base64(content, newline=False)
    lines = [encoded[start : start + _WIDTH] for start in range(0, len(encoded), _WIDTH)]
    return _file_head(name, media_type) + _CRLF.join((*lines, b""))


def _file_head(name: str, media_type: str) -> bytes:
    """The headers, which are left to the email package: a name may be long and in any script (RFC 2231)."""
    main, sub = media_type.lower().split("/")
    # a calendar shown inline would be taken for an invitation to answer
    params = {"charset": "utf-8"} if main == "text" else {}
    part = MIMEPart(policy=_POLICY)
    part.set_content(b"", main, sub, disposition="attachment", filename=name, params=params)
    return part.as_bytes()
