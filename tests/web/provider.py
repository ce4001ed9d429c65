"""A sign-in server of our own (OpenID Connect), with its own key, which lies as a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "scadenzario", "a secret that only the two know"


@dataclass
class Provider:
    """The server, and what it says of whoever signs in."""

    back: str  # the only address that it sends people to
    port: int = 0
    claims: dict[str, Any] = field(default_factory=dict)  # besides, or instead of, the right ones; None: left out
    description: dict[str, Any] = field(default_factory=dict)
    key: RSAKey | OctKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    shown: RSAKey | None = None  # another key than the one it signs with
    algorithm: str = "RS256"
    is_broken: bool = False
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  # by code: what came with the browser
    seen: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def describe(self) -> dict[str, Any]:
        """Return what it says of itself."""
        places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
        said = {"issuer": self.issuer, **{name: self.issuer + path for name, path in places.items()}}
        return {**said, "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"], **self.description}

    def authorize(self, query: dict[str, str]) -> str:
        """Return where the browser goes after somebody has signed in."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["redirect_uri"] == self.back
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code-{len(self.asked)}"
        self.asked[code] = query
        return f"{self.back}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str, now: int) -> tuple[int, dict[str, Any]]:
        """Return the answer to who brings a code back, once."""
        right = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.asked.pop(form.get("code", ""), None)
        if asked is None or authorization.removeprefix("Basic ") != right:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        said = {"iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        said |= {"email": "tullio.prova@cmm.example", "email_verified": True, **self.claims}
        claims = {name: value for name, value in said.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "1"}
        signed = jwt.encode(header, claims, self.key, algorithms=[self.algorithm])
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed}


@contextmanager
def running(provider: Provider, now: Any) -> Iterator[Provider]:
    """Let it answer on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            provider.seen.append(path.path)
            if provider.is_broken:
                self.answer(500, b"<html>")
            elif path.path == "/.well-known/openid-configuration":
                self.say(200, provider.describe())
            elif path.path == "/jwks":
                self.say(200, {"keys": [(provider.shown or provider.key).as_dict(private=False)]})

        def do_POST(self) -> None:
            provider.seen.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.say(*provider.token(form, self.headers["authorization"], int(now().timestamp())))

        def say(self, status: int, said: dict[str, Any]) -> None:
            self.answer(status, json.dumps(said).encode())

        def answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
