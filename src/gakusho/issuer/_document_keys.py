# SPDX-License-Identifier: Apache-2.0
"""What a document key and its certificates must be, and how one comes into use."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import select

from gakusho.errors import ConflictError, GakushoError, InputError
from gakusho.formats._jose import thumbprint
from gakusho.issuer import _keys
from gakusho.issuer.access import Actor, record
from gakusho.issuer.institutions import KeyView, key_owner, keys
from gakusho.proof.keys import PublicKey
from gakusho.proof.timestamps import issued
from gakusho.store.ids import new_id
from gakusho.store.tables import Institution, Key
from gakusho.store.work import Work

MAX_CHAIN = 5
_RSA_BITS = range(2048, 4097)
_FOR_DOCUMENTS = frozenset(
    {
        "1.3.6.1.5.5.7.3.36",  # id-kp-documentSigning, RFC 9336
        "1.3.6.1.4.1.311.10.3.12",  # Microsoft's document signing
        "1.2.840.113583.1.1.5",  # Adobe's PDF signing
        ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string,
        ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string,  # usual in certificates of seals
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string,
    }
)
"""Purposes in certificates for signing documents; any other alone is for another use."""
_WEAK = ("md5", "sha1")
Kind = TypeVar("Kind", bound=x509.ExtensionType)


def algorithm_of(key: PublicKey) -> str:
    """Give the name of a key's kind, such as RSA-3072. Raises: InputError (``document-certificate``)."""
    bits: int = getattr(key.cryptography_key(), "key_size", 0)
    if key.algorithm in {"P-256", "P-384"}:
        return key.algorithm
    if key.algorithm == "RSA" and bits in _RSA_BITS:
        return f"RSA-{bits}"
    raise unfit(
        "document-certificate",
        "the key is too short, too long or on another curve",
        f"{key.algorithm} {bits} bits",
    )


def chain_of(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Give the certificate and those above it as far as they are among the others, each link checked."""
    chain = [leaf]
    while len(chain) < MAX_CHAIN:
        above = [one for one in others if one not in chain and issued(one, chain[-1])]
        if not above:
            break
        chain.append(above[0])
    return chain


def check(chain: Sequence[x509.Certificate], key: PublicKey, now: datetime) -> None:
    """Refuse certificates by which documents could not be signed. Raises: InputError."""
    leaf = chain[0]
    name = leaf.subject.rfc4514_string()
    try:
        of_leaf = PublicKey.from_cryptography(leaf.public_key())
    except (GakushoError, ValueError) as error:
        raise unfit("document-certificate", "the key is weak", str(error)) from error
    if key != of_leaf:
        raise unfit("certificate-key", "the certificate is of another key", name)
    for one in chain:
        if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            raise unfit(
                "certificate-time",
                "a certificate is not valid now",
                f"{one.subject.rfc4514_string()}: "
                f"{one.not_valid_before_utc:%Y-%m-%d} – {one.not_valid_after_utc:%Y-%m-%d}",
            )
        digest = one.signature_hash_algorithm
        if one.issuer != one.subject and digest is not None and digest.name in _WEAK:
            raise unfit("document-certificate", "a certificate is signed with a weak digest", digest.name)
    try:
        _check_use(leaf.extensions, name)
    except ValueError as error:  # an extension that is there and cannot be read
        raise unfit("document-certificate", "the certificate cannot be read", str(error)) from error


def _check_use(extensions: x509.Extensions, name: str) -> None:
    usage = _found(extensions, x509.KeyUsage)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise unfit("certificate-use", "the certificate is not for signing", name)
    constraints = _found(extensions, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise unfit("certificate-use", "the certificate is an authority's, not a signer's", name)
    purposes = _found(extensions, x509.ExtendedKeyUsage)
    if purposes is not None and not any(one.dotted_string in _FOR_DOCUMENTS for one in purposes):
        named = ", ".join(one.dotted_string for one in purposes)
        raise unfit("certificate-use", "the certificate is for another purpose", named)


def _found(extensions: x509.Extensions, kind: type[Kind]) -> Kind | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def method_of(row: Institution, key: PublicKey) -> str:
    """Give the id of a key whose certificate names none of this institution's.

    A verifier derives it from the certificate.
    """
    return f"{row.did}#{thumbprint(key)}"


def adopt(
    work: Work,
    actor: Actor,
    *,
    kept: bytes,
    store: str,
    public_key: PublicKey,
    chain: Sequence[x509.Certificate],
    act: str,
) -> KeyView:
    """Give the key by which documents are signed from now on; the old one is retired.

    Without a chain, the institution's own authority certifies it.
    Raises: as ``key_owner``; InputError (``document-certificate``; ``certificate-link`` where the certificate
    of the authority is missing, without which no reader knows the signer); ConflictError (``key-known``).
    """
    row = key_owner(work, actor)
    algorithm = algorithm_of(public_key)
    if chain:
        check(chain, public_key, work.now)
        if len(chain) < 2 and chain[0].issuer != chain[0].subject:
            raise unlinked(chain[0])
        method = method_of(row, public_key)
    else:
        method = _keys.next_method(work, row, _keys.DOCUMENT)
    multikey = public_key.multikey()
    same = select(Key.id).where(Key.institution_id == row.id, Key.public_multikey == multikey)
    if work.session.scalars(same).first() is not None:
        raise ConflictError("The institution has this key already.", code="key-known")
    new = Key(
        id=new_id(),
        institution_id=row.id,
        purpose=_keys.DOCUMENT,
        algorithm=algorithm,
        verification_method=method,
        public_multikey=multikey,
        kept=kept,
        store=store,
        certificates=texts(chain) if chain else _keys.certified(work, row, public_key, method),
        created_at=work.now,
    )
    old = _keys.active(work.session, row.id, _keys.DOCUMENT)
    old.retired_at = work.now
    work.session.add(new)
    record(work, actor, act, new.id, {"purpose": _keys.DOCUMENT, "store": store, "retired": old.id})
    work.session.flush()
    return view_of(work, new)


def view_of(work: Work, key: Key) -> KeyView:
    """Give a key as others see it."""
    return next(each for each in keys(work, key.institution_id) if each.id == key.id)


def texts(chain: Sequence[x509.Certificate]) -> list[str]:
    """Give certificates as the table keeps them."""
    return [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain]


def unlinked(leaf: x509.Certificate) -> InputError:
    """Give the error for a certificate whose authority's own does not come with it."""
    return unfit(
        "certificate-link", "the authority's own certificate is not in the file", leaf.issuer.rfc4514_string()
    )


def unfit(code: str, reason: str, got: str) -> InputError:
    """Give the error for a key or certificates that documents cannot be signed with."""
    return InputError(
        f"Documents cannot be signed with this key: {reason} ({got}).",
        code=code,
        facts={
            "reason": reason,
            "got": got[:200],
            "expected": "RSA 2048 to 4096, P-256 or P-384, valid, for signing",
        },
        action="Ask the authority for a certificate for signing documents, as is expected here.",
    )
