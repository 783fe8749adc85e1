"""A small authority that speaks ACME (RFC 8555) on loopback: it checks every signature and nonce, asks for the answer
by http at the port it is told, and signs. What is asked of it is written down."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from josepy import b64, jwk, jws

DAYS = 90


class AcmeServer:
    """State of the authority. `ask_port` is where names are asked for their answers, in place of port 80."""

    def __init__(self, ask_port: int) -> None:
        self.door = f"http://127.0.0.1:{ask_port}"
        self.accounts: dict[str, jwk.JWK] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.nonces: set[str] = set()
        self.issued: list[tuple[str, ...]] = []
        self.url = ""
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        self.root = self._signed(name, name, self.key.public_key(), ca=True)

    def nonce(self) -> str:
        made = secrets.token_urlsafe(16)
        self.nonces.add(made)
        return made

    def directory(self) -> dict[str, Any]:
        return {
            name: f"{self.url}/{name}" for name in ("newNonce", "newAccount", "newOrder", "revokeCert", "keyChange")
        }

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON (or PEM text) for one signed request."""
        token = jws.JWS.from_json(json.loads(body))
        protected = json.loads(token.signatures[0].protected)
        if protected["nonce"] not in self.nonces or protected["url"] != self.url + path:
            return 400, {}, {"type": "urn:ietf:params:acme:error:badNonce", "detail": "bad nonce or url"}
        self.nonces.discard(protected["nonce"])
        kid = protected.get("kid")
        key = self.accounts[kid] if kid else jwk.JWK.from_json(protected["jwk"])
        if not token.verify(key):
            return 403, {}, {"type": "urn:ietf:params:acme:error:unauthorized", "detail": "bad signature"}
        asked = json.loads(token.payload) if token.payload else {}
        kind, _, name = path.strip("/").partition("/")
        return getattr(self, f"_{kind}")(name, asked, key, kid)

    def _newAccount(self, _name: str, _asked: Any, key: jwk.JWK, _kid: str) -> tuple[int, dict[str, str], Any]:  # noqa: N802
        known = next((uri for uri, one in self.accounts.items() if one == key), None)
        uri = known or f"{self.url}/account/{len(self.accounts)}"
        self.accounts[uri] = key
        return 200 if known else 201, {"Location": uri}, {"status": "valid"}

    def _newOrder(self, _name: str, asked: Any, _key: jwk.JWK, kid: str) -> tuple[int, dict[str, str], Any]:  # noqa: N802
        number = str(len(self.orders))
        names = [one["value"] for one in asked["identifiers"]]
        self.orders[number] = {"names": names, "tokens": {}, "status": "pending", "account": kid}
        return 201, {"Location": f"{self.url}/order/{number}"}, self._order_json(number)

    def _order_json(self, number: str) -> dict[str, Any]:
        order = self.orders[number]
        told = {
            "status": order["status"],
            "identifiers": [{"type": "dns", "value": name} for name in order["names"]],
            "authorizations": [f"{self.url}/authorization/{number}.{at}" for at in range(len(order["names"]))],
            "finalize": f"{self.url}/finalize/{number}",
        }
        return told | ({"certificate": f"{self.url}/certificate/{number}"} if order["status"] == "valid" else {})

    def _order(self, number: str, *_: Any) -> tuple[int, dict[str, str], Any]:
        return 200, {}, self._order_json(number)

    def _authorization(self, name: str, *_: Any) -> tuple[int, dict[str, str], Any]:
        number, at = name.split(".")
        order = self.orders[number]
        kept = order["tokens"].setdefault(at, {"token": secrets.token_urlsafe(32), "status": "pending"})
        return 200, {}, {
            "identifier": {"type": "dns", "value": order["names"][int(at)]},
            "status": kept["status"],
            "challenges": [{"type": "http-01", "url": f"{self.url}/challenge/{name}", **kept}],
        }  # fmt: skip

    def _challenge(self, name: str, _asked: Any, key: jwk.JWK, _kid: str) -> tuple[int, dict[str, str], Any]:
        number, at = name.split(".")
        order = self.orders[number]
        kept = order["tokens"][at]
        expected = f"{kept['token']}.{b64.b64encode(key.thumbprint()).decode()}"
        try:
            with urlopen(f"{self.door}/.well-known/acme-challenge/{kept['token']}", timeout=3) as got:
                kept["status"] = "valid" if got.read().decode() == expected else "invalid"
        except OSError:
            kept["status"] = "invalid"
            kept["error"] = {"type": "urn:ietf:params:acme:error:connection", "detail": "refused"}
        if all(one["status"] == "valid" for one in order["tokens"].values()):
            order["status"] = "ready"
        up = f'<{self.url}/authorization/{name}>;rel="up"'
        return 200, {"Link": up}, {"type": "http-01", "url": f"{self.url}/challenge/{name}", **kept}

    def _finalize(self, number: str, asked: Any, *_: Any) -> tuple[int, dict[str, str], Any]:
        order = self.orders[number]
        request = x509.load_der_x509_csr(b64.b64decode(asked["csr"]))
        names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        asked_for = names.get_values_for_type(x509.DNSName)
        if order["status"] != "ready" or sorted(asked_for) != sorted(order["names"]):
            return 403, {}, {"type": "urn:ietf:params:acme:error:orderNotReady", "detail": "not ready"}
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, order["names"][0])])
        made = self._signed(subject, self.root.subject, request.public_key(), names=names)
        pem = serialization.Encoding.PEM
        order["chain"] = (made.public_bytes(pem) + self.root.public_bytes(pem)).decode()
        order["status"] = "valid"
        self.issued.append(tuple(order["names"]))
        return 200, {}, self._order_json(number)

    def _certificate(self, number: str, *_: Any) -> tuple[int, dict[str, str], Any]:
        return 200, {}, self.orders[number]["chain"]

    def _signed(
        self, subject: x509.Name, issuer: x509.Name, public: Any, *, ca: bool = False, names: Any = None
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=DAYS))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )  # fmt: skip
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())


@contextmanager
def serving(authority: AcmeServer) -> Iterator[AcmeServer]:
    """The authority at an address of its own, until the block ends."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, {}, authority.directory() if self.path == "/directory" else "")

        def do_HEAD(self) -> None:
            self._send(200, {}, "")

        def do_POST(self) -> None:
            self._send(*authority.answer(self.path, self.rfile.read(int(self.headers["Content-Length"]))))

        def _send(self, status: int, headers: dict[str, str], body: Any) -> None:
            content = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            problem = isinstance(body, dict) and "type" in body and status >= 400
            self.send_header("Content-Type", "application/problem+json" if problem else "application/json")
            for name, value in {
                "Replay-Nonce": authority.nonce(),
                "Content-Length": str(len(content)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    authority.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
