# SPDX-License-Identifier: Apache-2.0
"""A document key the institution has already, with certificates of another authority. RFC 7292."""

from __future__ import annotations

import base64
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from gakusho.errors import ConflictError, GakushoError, InputError
from gakusho.formats._jose import thumbprint
from gakusho.issuer import _keys
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.institutions import KeyView, keys, row_of
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers.encrypted_key import seal
from gakusho.proof.timestamps import issued
from gakusho.store.ids import new_id
from gakusho.store.tables import Key
from gakusho.store.work import Work

MAX_BYTES = 100_000
_MAX_CHAIN = 5
_RSA_BITS = range(2048, 4097)
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384"}


def take(work: Work, actor: Actor, data: bytes, password: str) -> KeyView:
    """Give the key of a PKCS #12 file, by which documents are signed from now on; the old one is retired.

    Its certificates are ordered, each link is checked, and they stand in every document. The key is kept as
    the server's own are, wrapped under its secret.

    Raises:
        ForbiddenError: the actor does not administer.
        InputError: ``pkcs12`` for a file or password that does not do, ``document-certificate`` for a key or
            certificates that do not.
        ConflictError: the institution is named by its one key (did:key), or has this key already.
    """
    require(actor, Role.ADMINISTER)
    row = row_of(work.session, actor.institution_id, lock=True)
    if row.did.startswith("did:key:"):
        raise ConflictError(
            "An institution named by its key (did:key) cannot get another one.",
            code="did-key-fixed",
            action="Found the institution anew with a did:web.",
        )
    key, chain = _opened(data, password)
    algorithm = _algorithm(key)
    _check(chain, key, work.now)
    public = PublicKey.from_cryptography(key.public_key())
    # an id a verifier derives from the certificate, which does not name one of this institution's
    method = f"{row.did}#{thumbprint(public)}"
    if any(each.verification_method == method for each in keys(work, row.id)):
        raise ConflictError("The institution has this key already.", code="key-known")
    new = Key(
        id=new_id(),
        institution_id=row.id,
        purpose=_keys.DOCUMENT,
        algorithm=algorithm,
        verification_method=method,
        public_multikey=public.multikey(),
        kept=seal(key, work.secret),
        store=_keys.KEY_STORE,
        certificates=[base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain],
        created_at=work.now,
    )
    old = _keys.active(work.session, row.id, _keys.DOCUMENT)
    old.retired_at = work.now
    work.session.add(new)
    record(work, actor, "key.take", new.id, {"purpose": _keys.DOCUMENT, "retired": old.id})
    work.session.flush()
    return next(each for each in keys(work, row.id) if each.id == new.id)


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
        raise _unfit("the key is of a kind PDF readers do not know", type(key).__name__)
    chain = [leaf.certificate]
    while len(chain) < _MAX_CHAIN:
        above = [one for one in others if one not in chain and issued(one, chain[-1])]
        if not above:
            break
        chain.append(above[0])
    return key, chain


def _algorithm(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size in _RSA_BITS:
        return f"RSA-{key.key_size}"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    raise _unfit("the key is too short, too long or on another curve", f"{key.key_size} bits")


def _check(
    chain: list[x509.Certificate], key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, now: datetime
) -> None:
    leaf = chain[0]
    try:
        of_key = PublicKey.from_cryptography(key.public_key())
        of_leaf = PublicKey.from_cryptography(leaf.public_key())
    except GakushoError as error:
        raise _unfit("the key is weak", str(error)) from error
    if of_key != of_leaf:
        raise _unfit("the certificate is of another key", leaf.subject.rfc4514_string())
    for one in chain:
        if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            raise _unfit(
                "a certificate is not valid now",
                f"{one.subject.rfc4514_string()}: {one.not_valid_after_utc:%Y-%m-%d}",
            )
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise _unfit("the certificate is not for signing", leaf.subject.rfc4514_string())


def _no_file(reason: str) -> InputError:
    return InputError(
        f"The key file cannot be used: {reason}.",
        code="pkcs12",
        facts={"reason": reason},
        action="Choose a PKCS #12 file (.p12 or .pfx) and type its password.",
    )


def _unfit(reason: str, got: str) -> InputError:
    return InputError(
        f"Documents cannot be signed with this key: {reason} ({got}).",
        code="document-certificate",
        facts={
            "reason": reason,
            "got": got[:200],
            "expected": "RSA 2048 to 4096, P-256 or P-384, valid, for signing",
        },
        action="Ask the authority for a certificate for signing documents, as is expected here.",
    )
