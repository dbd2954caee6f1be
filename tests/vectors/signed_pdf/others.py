# SPDX-License-Identifier: Apache-2.0
"""Signatures as other programs make them: pyHanko, OpenSSL, and Python's own PKCS #7."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import time_machine
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from tests.unit.formats_pdf.test_paper import paper
from tests.vectors.signed_pdf.by_hand import Signing, signed
from tests.vectors.signed_pdf.certificates import certificate, key, root
from tests.vectors.signed_pdf.containers import Key
from tests.vectors.signed_pdf.making import NOW

STRANGER = "Kitakaze Shoji K.K."
_CMS = b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/M(D:20260325013000Z)"
Chain = tuple[bytes, ...]


@cache
def stranger(which: str = "stranger") -> tuple[Key, Chain]:
    """Give a company's key and certificates, which nobody here knows."""
    above, holder = key("RSA-2048", "strange authority"), key("RSA-2048", which)
    top = root(above, STRANGER)
    return holder, (certificate(holder, subject=STRANGER, issuer=(above, top)), top)


@cache
def contract() -> bytes:
    """Give somebody's document: one page, no credential."""
    return paper()


def by_pyhanko(
    document: bytes,
    holder: Key,
    chain: Chain,
    *,
    field: str = "Signature1",
    pades: bool = False,
    **metadata: Any,
) -> bytes:
    """Give the document as pyHanko signs it."""
    registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register_multiple(asn1_x509.Certificate.load(one) for one in chain)
    private = holder.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(chain[0]),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=registry,
    )
    said = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES if pades else fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
        **metadata,
    )
    with time_machine.travel(NOW, tick=False):  # it writes the clock's time
        out = signers.PdfSigner(said, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(document)))
    return bytes(out.getvalue())


def openssl(holder: Key, chain: Chain) -> Callable[[bytes], bytes]:
    """Give what ``openssl cms -sign -binary`` makes of bytes."""

    def made(content: bytes) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            at = Path(folder)
            (at / "content").write_bytes(content)
            (at / "key.pem").write_bytes(
                holder.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            for name, der in zip(("leaf.pem", "above.pem"), chain, strict=True):
                pem = x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)
                (at / name).write_bytes(pem)
            done = subprocess.run(
                [
                    *("openssl", "cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256"),
                    *("-in", str(at / "content"), "-signer", str(at / "leaf.pem")),
                    *("-inkey", str(at / "key.pem"), "-certfile", str(at / "above.pem")),
                ],
                capture_output=True,
                timeout=30,
                check=True,
            )
            return done.stdout

    return made


def pkcs7_builder(holder: Key, chain: Chain) -> Callable[[bytes], bytes]:
    """Give what Python's ``cryptography`` makes of bytes, as endesive and others put it into PDFs."""

    def made(content: bytes) -> bytes:
        leaf, *above = [x509.load_der_x509_certificate(one) for one in chain]
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(leaf, holder, hashes.SHA256())
        for one in above:
            builder = builder.add_certificate(one)
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        return builder.sign(serialization.Encoding.DER, options)

    return made


def with_container(document: bytes, container: Callable[[bytes], bytes], **changes: Any) -> bytes:
    """Give the document with a plain CMS in a byte range, as ``adbe.pkcs7.detached``."""
    return signed(document, Signing(container=container, entries=_CMS, **changes))


def approved(document: bytes, container: Callable[[bytes], bytes]) -> bytes:
    """Give the document signed so, and not certified."""
    return with_container(document, container, lock=b"", permissions=b"")


def flipped(good: bytes) -> bytes:
    """Give the file with one bit of a signed byte changed: a digit of the page's size."""
    found = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+\d", good)
    assert found
    place = found.end() - 1
    return good[:place] + bytes((good[place] ^ 1,)) + good[place + 1 :]
