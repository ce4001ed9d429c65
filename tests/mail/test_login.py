"""Getting into a server: certificates, STARTTLS and logins, and what is said when one of them fails."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from scheduler.errors import DeliveryError
from scheduler.mail.transport import SmtpTransport

from .handing import MESSAGE, error_of, sent, settings
from .servers import PASSWORD, USER, Inbox

Serve = Callable[..., int]
Certificate = Callable[[str], ssl.SSLContext]


@pytest.mark.parametrize("excluded", [["PLAIN"], ["LOGIN"], []], ids=["LOGIN", "PLAIN", "both"])
@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_with_tls_and_login(
    serve: Serve, certificate: Certificate, ca_file: Path, security: str, excluded: list[str]
) -> None:
    inbox = Inbox(login_wanted=True)
    context = certificate("localhost")
    tls = {"implicit_tls": context, "auth_require_tls": False} if security == "ssl" else {"tls_context": context}
    port = serve(inbox, auth_exclude_mechanism=excluded, **tls)
    sent(SmtpTransport(settings(port, security=security, user=USER, password=PASSWORD, ca_file=ca_file)))
    assert inbox.mails[0].content == MESSAGE
    # the login is not an address, and is sent as it is
    assert [login for _, login in inbox.logins] == [USER.encode()]


@pytest.mark.parametrize("security", ["ssl", "starttls"])
@pytest.mark.parametrize("fault", ["certificate-name", "certificate"])
def test_a_wrong_certificate_is_refused(
    serve: Serve, certificate: Certificate, ca_file: Path, security: str, fault: str
) -> None:
    inbox = Inbox()
    context = certificate("altro.example.it" if fault == "certificate-name" else "localhost")
    port = serve(inbox, **({"implicit_tls": context} if security == "ssl" else {"tls_context": context}))
    known = {"ca_file": ca_file} if fault == "certificate-name" else {}
    error = error_of(SmtpTransport(settings(port, security=security, user=USER, password=PASSWORD, **known)))
    assert not error.permanent
    words = "è di un altro server" if fault == "certificate-name" else "non è affidabile"
    assert words in str(error)
    assert "nulla è stato inviato" in error.problems[0].remedy
    assert inbox.mails == []
    assert inbox.logins == []


def test_tls_is_never_given_up_silently(serve: Serve, certificate: Certificate, ca_file: Path) -> None:
    inbox = Inbox()
    plain = serve(inbox)
    assert "non offre STARTTLS" in str(error_of(SmtpTransport(settings(plain, security="starttls", ca_file=ca_file))))
    assert "TLS non è riuscita" in str(error_of(SmtpTransport(settings(plain, security="ssl", ca_file=ca_file))))
    assert inbox.mails == []


@pytest.mark.parametrize("text", [None, "non è PEM"])
def test_an_unusable_ca_file_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    error = error_of(SmtpTransport(settings(1, security="ssl", ca_file=path)))
    assert str(path) in str(error)
    assert not error.permanent


@pytest.mark.parametrize("password", ["sbagliata-99", None, "perché-99"], ids=["wrong", "none", "not-ascii"])
def test_a_login_that_fails_is_not_permanent(
    serve: Serve, certificate: Certificate, ca_file: Path, password: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Inbox()
    port = serve(inbox, tls_context=certificate("localhost"))
    transport = SmtpTransport(settings(port, security="starttls", user=USER, password=password, ca_file=ca_file))
    error = error_of(transport)
    assert not error.permanent
    assert "SMTP_PASSWORD" in error.problems[0].remedy or "password" in error.problems[0].remedy
    assert error.code == (None if password == "perché-99" else 535)
    for place in (str(error), repr(error), repr(transport.settings), repr(vars(transport)["_faults"]), caplog.text):
        assert not password or password not in place
    assert inbox.mails == []


def test_a_server_without_logins_is_named(serve: Serve) -> None:
    error = error_of(SmtpTransport(settings(serve(Inbox()), user=USER, password=PASSWORD)))
    assert "non offre un accesso" in str(error)


def test_a_missing_login_is_mended_in_the_settings(serve: Serve) -> None:
    error = error_of(SmtpTransport(settings(serve(Inbox(login_wanted=True)))))
    assert (error.code, error.permanent) == (530, False)


def test_check(serve: Serve, certificate: Certificate, ca_file: Path) -> None:
    port = serve(Inbox(), tls_context=certificate("localhost"), auth_required=True)
    good = settings(port, security="starttls", user=USER, password=PASSWORD, ca_file=ca_file)
    SmtpTransport(good).check()
    with pytest.raises(DeliveryError):
        SmtpTransport(settings(port, security="starttls", user=USER, password="x", ca_file=ca_file)).check()
