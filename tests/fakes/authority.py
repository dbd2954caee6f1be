# SPDX-License-Identifier: Apache-2.0
"""A certificate authority of others: a root, one below it, and what it certifies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


@cache
def _keys() -> tuple[ec.EllipticCurvePrivateKey, ec.EllipticCurvePrivateKey]:
    return ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())


@dataclass(kw_only=True)
class Authority:
    """Certifies as a public authority for electronic seals does."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def chain(self) -> list[x509.Certificate]:
        """The certificates above those it issues: its own, then the root's."""
        root, issuing = _keys()
        top = self.certify(root.public_key(), "朝凪ルート認証局", by=(root, "朝凪ルート認証局"), ca=True)
        below = self.certify(issuing.public_key(), "朝凪電子印認証局", by=(root, "朝凪ルート認証局"), ca=True)
        return [below, top]

    def certify(
        self,
        key: Any,
        name: str,
        *,
        by: tuple[Any, str] | None = None,
        ca: bool = False,
        days: int = 700,
        begins: int = -800,
        purpose: x509.ObjectIdentifier | None = DOCUMENT_SIGNING,
        signs: bool = True,
        lists: str = "",
    ) -> x509.Certificate:
        """Give a certificate for a public key."""
        signing, issuer = by or (_keys()[1], "朝凪電子印認証局")
        usage = x509.KeyUsage(
            digital_signature=signs and not ca, content_commitment=signs and not ca,
            key_encipherment=not signs, data_encipherment=False, key_agreement=False,
            key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name(issuer))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now + timedelta(days=begins))
            .not_valid_after(self.now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        if purpose is not None and not ca:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if lists:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(lists)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        return builder.sign(signing, hashes.SHA256())

    def revoked(self, *certificates: x509.Certificate) -> bytes:
        """Give the list (DER) of what the lower authority revoked a day ago."""
        day = timedelta(days=1)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(_name("朝凪電子印認証局"))
            .last_update(self.now - day)
            .next_update(self.now + day)
            .add_extension(x509.CRLNumber(1), critical=False)
        )
        for one in certificates:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(self.now - day).build())
        return builder.sign(_keys()[1], hashes.SHA256()).public_bytes(Encoding.DER)

    def answer(self, request: bytes, **how: Any) -> list[x509.Certificate]:
        """Give the chain for a certificate request (PEM), whose signature it checks first."""
        asked = x509.load_pem_x509_csr(request)
        assert asked.is_signature_valid
        name = str(asked.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)
        return [self.certify(asked.public_key(), name, **how), *self.chain]


@contextmanager
def publishing(lists: Callable[[], bytes]) -> Iterator[int]:
    """Publish a list on a port of this machine, and give the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/pkix-crl")
            self.end_headers()
            self.wfile.write(lists())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, common),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
