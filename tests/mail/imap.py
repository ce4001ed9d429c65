"""Real IMAP servers on this machine: dovecot, and one that answers each command as told."""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import trustme

from .servers import Action, ScriptedServer

PASSWORD = 'arch"ivio\\ 42, perché'

# {who} runs everything that is not root's; root must be nobody's mail user
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
auth_username_chars =
auth_verbose = no
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:~/Maildir
passdb {{
  driver = passwd-file
  args = username_format=everyone {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # or a wrong password would slow down the tests after it
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running dovecot: its two ports. It knows every user, with an empty mailbox each, by the same password."""

    folder: Path
    plain: int
    tls: int

    def keep(self, user: str, message: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder, made where it is missing, as a client of the office would."""
        with imaplib.IMAP4("127.0.0.1", self.plain, timeout=10) as client:
            client.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            if folder != "INBOX":
                client.create(folder)
            answer, words = client.append(folder, "", "", message)
            assert answer == "OK", words


def dovecot_binary() -> str | None:
    """Return where dovecot is; Debian puts it where only root looks."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def dovecot(binary: str, authority: trustme.CA) -> Iterator[Dovecot]:
    """Run dovecot in the foreground on two free ports, with a certificate for `localhost`."""
    # the sockets' paths must be short, and dovecot's own users must get there
    with tempfile.TemporaryDirectory(prefix="scadenzario-imap-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Dovecot(folder, *_free_ports())
        _prepare(server, authority)
        with subprocess.Popen(
            [binary, "-F", "-c", folder / "dovecot.conf"], stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            if not any("starting up" in line for line in process.stderr):
                raise RuntimeError("dovecot did not start")
            rest = Thread(target=process.stderr.read)
            rest.start()
            try:
                yield server
            finally:
                process.terminate()
                process.wait(10)
                rest.join(10)


def _prepare(server: Dovecot, authority: trustme.CA) -> None:
    root = getpass.getuser() == "root"
    me = pwd.getpwuid(os.getuid())
    owner = pwd.getpwnam("mail") if root else me
    names = {"internal": "dovecot", "login": "dovenull"} if root else {"internal": me.pw_name, "login": me.pw_name}
    group = "dovecot" if root else grp.getgrgid(me.pw_gid).gr_name
    folder = server.folder
    (folder / "mail").mkdir()
    (folder / "users").write_text(f"everyone:{{PLAIN}}{PASSWORD}\n", "utf-8")
    issued = authority.issue_cert("localhost")
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "certificate.pem"))
    if root:
        shutil.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    places = {"folder": folder, "plain": server.plain, "tls": server.tls, "uid": owner.pw_uid, "gid": owner.pw_gid}
    (folder / "dovecot.conf").write_text(_CONFIGURATION.format(**names, **places, group=group), "utf-8")


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        return first.getsockname()[1], second.getsockname()[1]


class ScriptedImap(ScriptedServer):
    """An IMAP server that answers each command (UID SEARCH as SEARCH) with the script's next action, else politely.

    In an answer `TAG` stands for the command's own. With a TLS context the connection is secured before the greeting.
    """

    polite: Mapping[str, str] = {
        "BANNER": "* OK ready",
        "CAPABILITY": "* CAPABILITY IMAP4rev1\r\nTAG OK done",
        "EXAMINE": "* 1 EXISTS\r\nTAG OK [READ-ONLY] done",
        "SEARCH": "* SEARCH\r\nTAG OK done",
        "LOGOUT": "* BYE\r\nTAG OK done",
    }

    def __init__(self, script: Mapping[str, Sequence[Action]], tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._tag = "*"
        super().__init__(script)

    def _serve(self, connection: socket.socket) -> None:
        try:
            secured = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            with secured, secured.makefile("rb") as lines:
                going = self._act("BANNER", secured)
                while going and (line := lines.readline()):
                    self.commands.append(line.decode("utf-8", "replace").strip())
                    self._tag, verb, *rest = self.commands[-1].split()
                    going = self._act(rest[0] if verb == "UID" else verb, secured)
        except (OSError, ValueError):  # a handshake where a command should be has too few words
            connection.close()

    def _said(self, verb: str, action: str | None) -> str:
        return (action if action is not None else self.polite.get(verb, "TAG OK done")).replace("TAG", self._tag)
