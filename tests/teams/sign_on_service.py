"""A small OpenID Connect provider on loopback, which checks requests like a real one."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CALLBACK = "/account/oidc/sso/login/callback/"

type Claims = dict[str, Any]


def sign(claims: Claims) -> str:
    return jwt.encode(claims, KEY, "RS256", headers={"kid": "1"})


@dataclass(slots=True, kw_only=True)
class Person:
    """The person who is logged in at the provider."""

    sub: str = "248289761001"
    preferred_username: str = "bo"
    email: str = "bo@example.com"

    def claims(self) -> Claims:
        names = {"preferred_username": self.preferred_username}
        return {"sub": self.sub, "email": self.email, "email_verified": True} | names


@dataclass(slots=True, kw_only=True)
class Grant:
    """The consent of a person, until its authorization code is used."""

    challenge: str
    redirect_uri: str
    person: Person


@dataclass(slots=True, kw_only=True)
class SignOnService:
    """The state of the provider, and how a test changes its responses.

    id_token  makes an ID token from claims
    wrong_responses  by path
    down      the paths that answer 503
    """

    client_id: str = "us"
    secret: str = "between us"
    person: Person = field(default_factory=Person)
    url: str = ""
    id_token: Callable[[Claims], Any] = sign
    wrong_responses: dict[str, bytes] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Person] = field(default_factory=dict)

    @property
    def app(self) -> dict[str, Any]:
        """The provider as in SOCIALACCOUNT_PROVIDERS of the settings."""
        address = {"server_url": self.url}
        names = {"provider_id": "sso", "name": "Acme", "settings": address}
        return names | {"client_id": self.client_id, "secret": self.secret}

    def answer(self, request: "_Request") -> None:
        path = urlsplit(request.path).path
        if path in self.down:
            request.respond(503, b"later")
        elif path in self.wrong_responses:
            request.respond(200, self.wrong_responses[path])
        else:
            {
                "/.well-known/openid-configuration": self.show_configuration,
                "/authorize": self.ask_for_consent,
                "/decide": self.decide,
                "/token": self.exchange,
                "/userinfo": self.show_userinfo,
                "/keys": self.show_keys,
            }[path](request)

    def show_configuration(self, request: "_Request") -> None:
        paths = {
            "authorization_endpoint": "/authorize",
            "token_endpoint": "/token",
            "userinfo_endpoint": "/userinfo",
            "jwks_uri": "/keys",
        }
        request.respond_json(
            {"issuer": self.url} | {n: self.url + path for n, path in paths.items()}
        )

    def ask_for_consent(self, request: "_Request") -> None:
        query = request.query
        assert query["client_id"] == self.client_id
        assert query["response_type"] == "code"
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        assert urlsplit(query["redirect_uri"]).path == CALLBACK
        words = urlencode(query).replace("&", "&amp;")
        links = "".join(
            f'<p><a href="/decide?answer={answer}&amp;{words}">{answer.title()}</a></p>'
            for answer in ("allow", "deny")
        )
        request.respond(200, f"<!doctype html><title>Acme</title>{links}".encode(), "text/html")

    def decide(self, request: "_Request") -> None:
        query = request.query
        back = {"state": query["state"]}
        if query["answer"] == "allow":
            code = secrets.token_urlsafe(8)
            self.grants[code] = Grant(
                challenge=query["code_challenge"],
                redirect_uri=query["redirect_uri"],
                person=self.person,
            )
            back["code"] = code
        else:
            back["error"] = "access_denied"
        request.redirect(f"{query['redirect_uri']}?{urlencode(back)}")

    def exchange(self, request: "_Request") -> None:
        form = request.form
        grant = self.grants.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        is_good = (
            grant is not None
            and (form["client_id"], form["client_secret"]) == (self.client_id, self.secret)
            and form["redirect_uri"] == grant.redirect_uri
            and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == grant.challenge
        )
        if not is_good or grant is None:
            request.respond(400, b'{"error": "invalid_grant"}')
            return
        token, now = secrets.token_urlsafe(8), int(time.time())
        self.tokens[token] = grant.person
        claims = {"iss": self.url, "aud": self.client_id, "iat": now, "exp": now + 300}
        id_token = self.id_token(claims | grant.person.claims())
        request.respond_json({"access_token": token, "token_type": "Bearer", "id_token": id_token})

    def show_userinfo(self, request: "_Request") -> None:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        request.respond_json(self.tokens[token].claims())

    def show_keys(self, request: "_Request") -> None:
        public = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
        request.respond_json({"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]})

    def answer_consent(self, location: str, answer: str = "allow") -> str:
        """Open the consent page and answer it; return the address that it redirects to."""
        page = requests.get(location, timeout=10)
        assert page.status_code == 200, page.text
        address = location.replace("/authorize?", f"/decide?answer={answer}&")
        back = requests.get(address, timeout=10, allow_redirects=False).headers["Location"]
        return back.removeprefix("http://testserver")


class _Request(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        self.server.service.answer(self)

    do_POST = do_GET  # noqa: N815 - the name is http.server's

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def form(self) -> dict[str, str]:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        return {name: values[0] for name, values in parse_qs(body).items()}

    def respond(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def respond_json(self, body: Any) -> None:
        self.respond(200, json.dumps(body).encode())

    def redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Log nothing: a failure is visible in the test."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: SignOnService) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.service = service


@contextmanager
def run_sign_on_service() -> Iterator[SignOnService]:
    """Run a provider in a thread until the block ends."""
    service = SignOnService()
    with _Server(service) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield service
        server.shutdown()
        thread.join()
