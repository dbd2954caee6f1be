# SPDX-License-Identifier: Apache-2.0
"""A document key the institution has already, with certificates of another authority. RFC 7292."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from gakusho.errors import GakushoError, InputError
from gakusho.issuer import _keys
from gakusho.issuer._document_keys import adopt, algorithm_of, chain_of, unfit
from gakusho.issuer.access import Actor
from gakusho.issuer.institutions import KeyView, key_owner
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers.encrypted_key import seal
from gakusho.store.work import Work

MAX_BYTES = 100_000


def take(work: Work, actor: Actor, data: bytes, password: str) -> KeyView:
    """Give the key of a PKCS #12 file, by which documents are signed from now on; the old one is retired.

    Its certificates are ordered, each link is checked, and they stand in every document. The key is kept as
    the server's own are, wrapped under its secret.

    Raises:
        ForbiddenError: the actor does not administer.
        InputError: ``pkcs12`` for a file or password that does not do; for a key or certificates that do not
            ``document-certificate``, ``certificate-key``, ``certificate-link``, ``certificate-time`` or
            ``certificate-use``.
        ConflictError: the institution is named by its one key (did:key), or has this key already.
    """
    key_owner(work, actor)
    key, chain = _opened(data, password)
    try:
        public = PublicKey.from_cryptography(key.public_key())
    except GakushoError as error:
        raise unfit(
            "document-certificate", "the key is weak, or of a kind PDF readers do not know", str(error)
        ) from error
    algorithm_of(public)
    return adopt(
        work,
        actor,
        kept=seal(key, work.secret),
        store=_keys.KEY_STORE,
        public_key=public,
        chain=chain,
        act="key.take",
    )


def _opened(
    data: bytes, password: str
) -> tuple[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, list[x509.Certificate]]:
    """Give the key, and its certificate with those above it as far as the file has them."""
    if len(data) > MAX_BYTES:
        raise _no_file(f"it has more than {MAX_BYTES} bytes")
    try:
        inside = pkcs12.load_pkcs12(data, password.encode() or None)
        key, leaf = inside.key, inside.cert
        others = [one.certificate for one in inside.additional_certs]
    except Exception as error:  # OpenSSL's reasons and unsupported algorithms come as several kinds
        raise _no_file("the password does not open it, or it is no PKCS #12 file") from error
    if key is None or leaf is None:
        raise _no_file("it holds no key with a certificate")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise unfit(
            "document-certificate", "the key is of a kind PDF readers do not know", type(key).__name__
        )
    return key, chain_of(leaf.certificate, others)


def _no_file(reason: str) -> InputError:
    return InputError(
        f"The key file cannot be used: {reason}.",
        code="pkcs12",
        facts={"reason": reason},
        action="Choose a PKCS #12 file (.p12 or .pfx) and type its password.",
    )
