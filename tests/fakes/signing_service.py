# SPDX-License-Identifier: Apache-2.0
"""A signing service on this machine: the API of the Cloud Signature Consortium, versions 1.0.4 and 2.0.

As strict as a real one: a token it did not give, activation data for other hashes or more signatures than
were authorized, an algorithm of another key: all are refused with the status and words of the standard.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fakes.authority import Authority

from gakusho.issuer.signing_service import Access

CLIENT, CLIENT_SECRET, PIN = "sakura-university", "s3cret-of-the-client", "482913"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
}
_ALGORITHMS = {
    "P-256": ["1.2.840.10045.2.1", "1.2.840.10045.4.3.2"],
    "P-384": ["1.2.840.10045.4.3.3"],
    "RSA-3072": ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.11"],
}
Json = dict[str, Any]


@cache
def private(algorithm: str) -> Any:
    """Give the service's key of a kind."""
    if algorithm == "RSA-3072":
        return rsa.generate_private_key(65537, 3072)
    return ec.generate_private_key(ec.SECP256R1() if algorithm == "P-256" else ec.SECP384R1())


class Refusal(Exception):  # noqa: N818  # an answer, not a fault
    """An answer with a status and an error of the standard."""

    def __init__(self, status: int, error: str, words: str = "") -> None:
        super().__init__(error)
        self.status, self.error, self.words = status, error, words


@dataclass(kw_only=True)
class SigningService:
    """What a test sets, and what it looks at afterwards."""

    version: int = 1
    binds_hashes: bool = True
    at_once: int = 10
    mode: str = "explicit"
    otp: bool = False
    pin: str = PIN
    authority: Authority = field(default_factory=Authority)
    status: int = 0
    """What everything is answered with; 0: as it should be."""
    lies: bool = False
    """Signs something else."""
    asked: list[tuple[str, Json]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    activations: dict[str, Json] = field(default_factory=dict)
    chains: dict[str, list[x509.Certificate]] = field(default_factory=dict)
    port: int = 0

    @property
    def base(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/csc/v{self.version}"

    def access(self, **changed: Any) -> Access:
        """Give what lets a client in."""
        said = {"base": self.base, "client": CLIENT, "client_secret": CLIENT_SECRET, "loopback": True}
        return Access(**{**said, **changed})

    def methods(self) -> list[str]:
        """Give what was asked, in order."""
        return [method for method, _ in self.asked]

    def chain(self, algorithm: str) -> list[x509.Certificate]:
        """Give the certificates of a key."""
        if algorithm not in self.chains:
            own = self.authority.certify(private(algorithm).public_key(), "さくら大学 電子印")
            self.chains[algorithm] = [own, *self.authority.chain]
        return self.chains[algorithm]

    def answer(self, path: str, question: Json, bearer: str) -> Json:
        """Give the answer. Raises: Refusal."""
        method = path.removeprefix(f"/csc/v{self.version}/")
        self.asked.append((method, question))
        if self.status:
            raise Refusal(self.status, "server_error", "Come back later")
        if method == "info":
            return self._info()
        if method == "oauth2/token":
            return self._token(question)
        if bearer not in self.tokens:
            raise Refusal(401, "invalid_token", "The access token is not valid")
        match method:
            case "credentials/list":
                return {"credentialIDs": list(_ALGORITHMS)}
            case "credentials/info":
                return self._described(question)
            case "credentials/authorize":
                return self._authorized(question)
            case "signatures/signHash":
                return self._signed(question)
        raise Refusal(404, "invalid_request")

    def _info(self) -> Json:
        return {
            "specs": "1.0.4.0" if self.version == 1 else "2.0.0.2",
            "name": "A signing service for tests",
            "authType": ["oauth2client"],
            "oauth2": self.base,
            "methods": [
                "credentials/list",
                "credentials/info",
                "credentials/authorize",
                "signatures/signHash",
            ],
        }

    def _token(self, question: Json) -> Json:
        if (question.get("client_id"), question.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            raise Refusal(401, "invalid_client", f"No client with {question.get('client_secret')}")
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def _described(self, question: Json) -> Json:
        algorithm = self._known(question)
        chain = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in self.chain(algorithm)]
        common: Json = {
            "key": {"status": "enabled", "algo": _ALGORITHMS[algorithm], "len": 3072},
            "cert": {"status": "valid", "certificates": chain},
            "multisign": self.at_once,
            "SCAL": "2" if self.binds_hashes else "1",
        }
        if self.version == 1:
            pin = {"presence": "true" if self.pin else "false", "format": "N"}
            return common | {
                "authMode": self.mode,
                "PIN": pin,
                "OTP": {"presence": "true" if self.otp else "false"},
            }
        asked = [{"type": "Password", "id": "PIN"}] * bool(self.pin) + [{"type": "OTP"}] * self.otp
        return common | {"auth": {"mode": self.mode, "objects": asked}}

    def _authorized(self, question: Json) -> Json:
        self._known(question)
        if self.version == 1:
            given = question.get("PIN", "")
        else:
            given = next((one["value"] for one in question.get("authData", ()) if one["id"] == "PIN"), "")
        if self.pin and given != self.pin:
            raise Refusal(400, "invalid_pin", "The PIN is invalid")
        count = question["numSignatures"]
        if not 0 < count <= self.at_once:
            raise Refusal(400, "invalid_request", "Too many signatures for multisign")
        bound = question.get("hash" if self.version == 1 else "hashes")
        if self.binds_hashes and (not bound or len(bound) != count):
            raise Refusal(400, "invalid_request", "Missing hash value for SCAL2")
        sad = secrets.token_urlsafe(24)
        self.activations[sad] = {"left": count, "bound": bound, "of": question["credentialID"]}
        return {"SAD": sad, "expiresIn": 300}

    def _signed(self, question: Json) -> Json:
        algorithm = self._known(question)
        first = self.version == 1
        digests = question["hash" if first else "hashes"]
        activation = self.activations.get(question.get("SAD", ""))
        if activation is None or activation["of"] != algorithm or len(digests) > activation["left"]:
            raise Refusal(400, "invalid_request", "Invalid SAD")
        if self.binds_hashes and any(one not in activation["bound"] for one in digests):
            raise Refusal(400, "invalid_request", "Hash is not authorized by the SAD")
        if question["signAlgo"] not in {*_ALGORITHMS[algorithm]} - {"1.2.840.10045.2.1"}:
            raise Refusal(400, "invalid_request", "Invalid signAlgo")
        activation["left"] -= len(digests)
        by = _HASHES[question["hashAlgo" if first else "hashAlgorithmOID"]]
        return {"signatures": self._signatures(algorithm, [base64.b64decode(one) for one in digests], by)}

    def _signatures(self, algorithm: str, digests: Sequence[bytes], by: hashes.HashAlgorithm) -> list[str]:
        key = private(algorithm)
        made = []
        for digest in digests:
            if len(digest) != by.digest_size:
                raise Refusal(400, "invalid_request", "Invalid digest value length")
            signed = bytes(by.digest_size) if self.lies else digest
            if isinstance(key, rsa.RSAPrivateKey):
                signature = key.sign(signed, padding.PKCS1v15(), Prehashed(by))
            else:
                signature = key.sign(signed, ec.ECDSA(Prehashed(by)))
            made.append(base64.b64encode(signature).decode())
        return made

    def _known(self, question: Json) -> str:
        found = question.get("credentialID")
        if found not in _ALGORITHMS:
            raise Refusal(400, "invalid_request", "Invalid parameter credentialID")
        return str(found)


@contextmanager
def serve(**how: Any) -> Iterator[SigningService]:
    """Serve one on a free port of this machine."""
    service = SigningService(**how)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Content-Type"] == "application/json":
                question = json.loads(data)
            else:
                question = {name: values[0] for name, values in parse_qs(data.decode()).items()}
            bearer = (self.headers["Authorization"] or "").removeprefix("Bearer ")
            try:
                status, answer = 200, service.answer(self.path, question, bearer)
            except Refusal as refusal:
                status = refusal.status
                answer = {"error": refusal.error, "error_description": refusal.words}
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
