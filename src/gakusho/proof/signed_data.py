# SPDX-License-Identifier: Apache-2.0
"""One signer of a CMS message (RFC 5652): which certificate is named, and whether the signature fits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from gakusho.errors import SettingsError

DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
"""What may be signed over, by its ``hashlib`` name; anything else is too weak, or not known here."""
MAX_CHAIN = 6
MAX_ANCHORS = 500
MAX_PEM = 2_000_000
_MAX_KEPT = 256
_MAX_KEPT_BYTES = 8_192
"""Of a certificate that is kept; none that signs documents is nearly as large."""


def certificates_in(pem: bytes) -> tuple[bytes, ...]:
    """Give the certificates (DER) of a PEM file, none for an empty one. RFC 7468, section 5.

    Raises: SettingsError.
    """
    if not pem.strip():
        return ()
    try:
        found = x509.load_pem_x509_certificates(pem[: MAX_PEM + 1])
    except ValueError as error:
        raise _no_anchors("no certificates in PEM") from error
    if len(pem) > MAX_PEM or len(found) > MAX_ANCHORS:
        raise _no_anchors(f"{len(found)} certificates in {len(pem)} bytes")
    return tuple(one.public_bytes(serialization.Encoding.DER) for one in found)


def _no_anchors(got: str) -> SettingsError:
    expected = f"1 to {MAX_ANCHORS} certificates in PEM, at most {MAX_PEM} bytes"
    return SettingsError(
        f"This is no file of authorities' certificates: got {got}, expected {expected}.",
        facts={"got": got, "expected": expected},
        action="Give a PEM file with the certificates of the authorities you trust, and nothing else.",
    )


def certificate_of(der: bytes) -> x509.Certificate:
    """Give a certificate, read once if it is met again and again, as those of an institution's documents are.

    Raises: ValueError.
    """
    return _kept(der) if len(der) <= _MAX_KEPT_BYTES else x509.load_der_x509_certificate(der)


@lru_cache(maxsize=_MAX_KEPT)
def _kept(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def _did_issue(issuer: bytes, certificate: bytes) -> bool:
    """Tell the same as ``issued``; it follows from the two alone, so it need not be found out twice."""
    if max(len(issuer), len(certificate)) > _MAX_KEPT_BYTES:
        return issued(certificate_of(issuer), certificate_of(certificate))
    return _kept_issued(issuer, certificate)


@lru_cache(maxsize=_MAX_KEPT)
def _kept_issued(issuer: bytes, certificate: bytes) -> bool:
    return issued(_kept(issuer), _kept(certificate))


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Tell whether one certificate issued the other and may issue any. RFC 5280, section 6.1.4."""
    try:
        certificate.verify_directly_issued_by(issuer)
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return constraints.ca


def signers_certificate(identifier: Any, certificates: Iterable[bytes]) -> bytes | None:
    """Give the certificate (DER) that a SignerIdentifier names. Raises: ValueError for one that is broken."""
    chosen = identifier.chosen
    for der in certificates:
        certificate = certificate_of(der)
        if identifier.name == "issuer_and_serial_number":
            same = chosen["serial_number"].native == certificate.serial_number
            fits = same and chosen["issuer"].dump() == certificate.issuer.public_bytes()
        else:
            fits = chosen.native == _key_identifier(certificate)
        if fits:
            return der
    return None


def chain_above(leaf: bytes, certificates: Iterable[bytes]) -> list[bytes]:
    """Give a certificate and those that issued it, each link checked, as far as there are any.

    What among the others is no certificate is passed over. Raises: ValueError where the leaf is none.
    """
    chain = [leaf]
    parsed = {leaf: certificate_of(leaf)}
    for one in certificates:
        with suppress(ValueError):
            parsed[one] = certificate_of(one)
    while len(chain) < MAX_CHAIN:
        below = chain[-1]
        name = parsed[below].issuer
        above = [
            der
            for der, one in parsed.items()
            if one.subject == name and der not in chain and _did_issue(der, below)
        ]
        if not above:
            break
        chain.append(above[0])
    return chain


def leads_to(chain: Sequence[bytes], anchors: Sequence[bytes]) -> bool:
    """Tell whether one of a chain's certificates is an anchor, or was issued by one."""
    if any(one in anchors for one in chain):
        return True
    return any(_did_issue(one, chain[-1]) for one in anchors)


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return None
    return found.value.digest


def names_certificate(attributes: dict[str, Any], certificate: bytes) -> bool | None:
    """Tell whether signed attributes name this certificate by its hash; None: they name none.

    RFC 5035, sections 3 and 4.
    """
    if "signing_certificate_v2" in attributes:
        named = attributes["signing_certificate_v2"][0]["certs"][0]
        how = str(named["hash_algorithm"]["algorithm"].native)
    elif "signing_certificate" in attributes:  # the hash is SHA-1 there: it names, it does not protect
        named, how = attributes["signing_certificate"][0]["certs"][0], "sha1"
    else:
        return None
    digest = hashlib.new(how, certificate, usedforsecurity=False).digest()
    return bool(named["cert_hash"].native == digest)


def signature_fits(signer: Any, signed: bytes, certificate: bytes, *, hashed: bool = False) -> bool | None:
    """Tell whether a SignerInfo's signature fits the DER of its signed attributes; None: not known how.

    Where it has none ``signed`` is the digest of the content, already ``hashed``.
    """
    key = certificate_of(certificate).public_key()
    signature = bytes(signer["signature"].native)
    digest = DIGESTS[str(signer["digest_algorithm"]["algorithm"].native)]
    named = str(signer["signature_algorithm"]["algorithm"].native).partition("_")[0]
    over: hashes.HashAlgorithm | Prehashed = Prehashed(digest) if hashed else DIGESTS.get(named, digest)
    kind = str(signer["signature_algorithm"].signature_algo)
    try:
        if isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pkcs1v15":
            key.verify(signature, signed, padding.PKCS1v15(), over)
        elif isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pss":
            mask = padding.MGF1(digest)
            key.verify(signature, signed, padding.PSS(mask, padding.PSS.AUTO), over)
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa":
            key.verify(signature, signed, ec.ECDSA(over))
        else:
            return None
    except InvalidSignature:
        return False
    return True
