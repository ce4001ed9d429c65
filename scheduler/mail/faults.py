"""What can go wrong between us and a mail server, as a DeliveryError in our words; no secret ever gets into one."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.errors import DeliveryError
from scheduler.mail.reply import Reply
from scheduler.mail.wording import problem, sentence

_NAME_MISMATCH = {62, 64}  # OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH


@dataclass(frozen=True)
class Faults:
    """Makes the errors of one server; `where` names it, `secrets` are struck out of whatever it says."""

    where: str
    lang: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def rejected(self, step: str, reply: Reply, refused: Mapping[str, str]) -> DeliveryError:
        """The server answered a step with a refusal."""
        code = "smtp.rejected" if reply.permanent else "smtp.deferred"
        facts = {"step": step, "reply": reply}
        return self._error(code, facts, refused, permanent=reply.permanent, reply_code=reply.code)

    def all_refused(self, replies: Mapping[str, Reply]) -> DeliveryError:
        """No recipient was taken; permanent where every single one was refused for good."""
        permanent = all(reply.permanent for reply in replies.values())
        code = "smtp.all-refused" if permanent else "smtp.all-deferred"
        # the replies quote addresses, which belong to `refused` and not to a sentence that may be logged
        facts = {"codes": ", ".join(sorted({str(reply.code) for reply in replies.values()}))}
        refused = {recipient: str(reply) for recipient, reply in replies.items()}
        first = next(iter(replies.values()))
        return self._error(code, facts, refused, permanent=permanent, reply_code=first.code)

    def broken(self, step: str, error: OSError, refused: Mapping[str, str]) -> DeliveryError:
        """The line broke, or fell silent, before the final dot: nothing was sent."""
        return self._error("smtp.timeout" if _timed_out(error) else "smtp.disconnected", {"step": step}, refused)

    def unanswered(self, error: OSError, refused: Mapping[str, str]) -> DeliveryError:
        """The final dot was sent and no reply came: the mail may have been taken."""
        reason = sentence(self.lang, "reason.timeout" if _timed_out(error) else "reason.disconnected")
        return self._error("smtp.ambiguous", {"reason": reason}, refused, after_dot=True)

    def unintelligible(self, reply: Reply, refused: Mapping[str, str]) -> DeliveryError:
        """The final dot was sent and the reply is neither yes nor no: the mail may have been taken."""
        return self._error("smtp.ambiguous", {"reason": reply}, refused, after_dot=True)

    def named(self, code: str, *, permanent: bool = False, **facts: object) -> DeliveryError:
        """Any other fault, by its code in the wording."""
        return self._error(code, facts, permanent=permanent)

    def opening(self, error: OSError | ValueError, *, logging_in: bool) -> DeliveryError:
        """The connection could not be opened, secured or logged in: never permanent, the settings can be mended."""
        code, step = getattr(error, "smtp_code", None), "AUTH" if logging_in else "CONNECT"
        if isinstance(code, int):
            reply = Reply.of((code, _raw(error)))
            refused = type(error).__name__ == "SMTPAuthenticationError" and not reply.deferred
            facts = {"step": step, "reply": reply}
            return self._error("smtp.auth" if refused else "smtp.deferred", facts, reply_code=code)
        facts = {"step": step, "reason": reason_of(error)}
        return self._error(_opening_code(error, logging_in=logging_in), facts)

    def _error(
        self,
        code: str,
        facts: Mapping[str, object],
        refused: Mapping[str, str] | None = None,
        *,
        permanent: bool = False,
        reply_code: int | None = None,
        after_dot: bool = False,
    ) -> DeliveryError:
        clean = {name: self.clean(fact) for name, fact in facts.items()}
        struck = {recipient: self.clean(text) for recipient, text in (refused or {}).items()}
        problems = (problem(self.lang, code, self.where, **clean),)
        return DeliveryError(problems, permanent=permanent, code=reply_code, refused=struck, after_dot=after_dot)

    def clean(self, text: object) -> str:
        """Return what a server said, or a fact of ours, without secrets and not too long."""
        words = str(text)
        for secret in self.secrets:
            words = words.replace(secret, "•••")
        return words[:500]


def secrets_of(user: str | None, password: str | None) -> tuple[str, ...]:
    """Return a password and the forms in which it crosses the wire: some servers quote the command they refuse."""
    if not password:
        return ()
    forms = (password, f"\0{user or ''}\0{password}")
    return (*(b64encode(form.encode("utf-8", "surrogateescape")).decode() for form in forms), password)


def line_fault(error: BaseException) -> str | None:
    """Return what happened to the line, as the codes of the wording end (`timeout`), or None: it was something else."""
    by_class: tuple[tuple[bool, str], ...] = (
        (_timed_out(error), "timeout"),
        (isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in _NAME_MISMATCH, "certificate-name"),
        (isinstance(error, ssl.SSLCertVerificationError), "certificate"),
        (isinstance(error, ssl.SSLError), "tls"),
        (isinstance(error, socket.gaierror), "name"),
        (isinstance(error, ConnectionRefusedError), "closed-port"),
        (isinstance(error, ConnectionError), "disconnected"),
    )
    return next((fault for holds, fault in by_class if holds), None)


def reason_of(error: BaseException) -> str:
    """Return why, in the system's own words only: the text of any other error might quote what was being sent."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(error.verify_message)
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__


def _opening_code(error: OSError | ValueError, *, logging_in: bool) -> str:
    """Find the wording of an error; smtplib's own classes are known by name, as they are not imported here."""
    fault, kind = line_fault(error), type(error).__name__
    if fault is not None:
        return f"smtp.{fault}"
    by_class: tuple[tuple[bool, str], ...] = (
        (kind == "SMTPServerDisconnected", "smtp.disconnected"),
        (isinstance(error, UnicodeError) and logging_in, "smtp.auth-letters"),
        (isinstance(error, ValueError), "smtp.settings"),
        (kind.startswith("SMTP") and logging_in, "smtp.no-auth"),
        (kind == "SMTPNotSupportedError", "smtp.no-starttls"),
    )
    return next((code for holds, code in by_class if holds), "smtp.unreachable")


def _raw(error: BaseException) -> bytes:
    raw = getattr(error, "smtp_error", b"")
    return raw if isinstance(raw, bytes) else str(raw).encode()


def _timed_out(error: BaseException) -> bool:
    # a silent server comes to us as a disconnect that was raised from a timeout
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
