# SPDX-License-Identifier: Apache-2.0
"""The document key certified by an authority of others: a request made for it, and the answer taken in.

The key stays where it is. What was signed before keeps the certificates it came with; the id they name stays
published.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import pkcs7
from sqlalchemy import select

from gakusho.errors import ConflictError, GakushoError, InputError
from gakusho.issuer import _keys, institutions
from gakusho.issuer._document_keys import chain_of, check, method_of, texts, unfit, unlinked, view_of
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.expiry import End, end_of
from gakusho.issuer.institutions import InstitutionView, KeyView, key_owner
from gakusho.proof.certificate_requests import request as written
from gakusho.proof.certificates import Subject
from gakusho.proof.keys import PublicKey
from gakusho.store.ids import new_id
from gakusho.store.tables import Key
from gakusho.store.work import Work

MAX_BYTES = 200_000
_MOST_CERTIFICATES = 30
_LEGAL_NAME, _ORGANIZATION_ID = "legal_name", "organization_identifier"
_IDENTIFIER = re.compile(r"(?:[A-Z]{3}|[A-Z]{2}:)[A-Z]{2}-[0-9A-Za-z][0-9A-Za-z .:/-]{0,60}")
"""ETSI EN 319 412-1, section 5.1.4: NTRJP-1234567890123, VATDE-123456789, LEIXG-…"""


@dataclass(frozen=True, kw_only=True)
class Named:
    """Whom a request names."""

    organization: str
    """The legal name, at most 64 characters (X.520)."""
    country: str
    organization_id: str = ""


@dataclass(frozen=True, kw_only=True)
class InUse:
    """The key documents are signed with now."""

    key: KeyView
    store: str
    """The place it lives: ``encrypted-key``, ``pkcs11`` or ``csc``."""
    end: End
    names: tuple[str, ...]
    """Whom its certificates name, its own first (RFC 4514)."""
    by_others: bool
    """Whether an authority of others certified it."""


def in_use(work: Work, institution_id: str) -> InUse:
    """Give the key documents are signed with now. Raises: KeyMaterialError without one."""
    row = institutions.row_of(work.session, institution_id)
    key = _keys.active(work.session, institution_id, _keys.DOCUMENT)
    ders = _keys.certificates(key)
    public = PublicKey.from_multikey(key.public_multikey)
    return InUse(
        key=view_of(work, key),
        store=key.store,
        end=end_of(key.id, key.certificates, work.now),
        names=tuple(x509.load_der_x509_certificate(one).subject.rfc4514_string() for one in ders),
        by_others=key.verification_method == method_of(row, public),
    )


def named(view: InstitutionView) -> Named:
    """Give whom a request for the institution's key would name: what was said last, else its profile."""
    said = view.settings
    return Named(
        organization=str(said.get(_LEGAL_NAME) or view.name.best("ja", "en")),
        country=view.country or "JP",
        organization_id=str(said.get(_ORGANIZATION_ID) or ""),
    )


def name(work: Work, actor: Actor, subject: Named) -> InstitutionView:
    """Keep whom requests name from now on. Raises: ForbiddenError; InputError (``certificate-subject``)."""
    require(actor, Role.ADMINISTER)
    _checked(subject)
    settings = {_LEGAL_NAME: subject.organization, _ORGANIZATION_ID: subject.organization_id or None}
    return institutions.change(work, actor, settings=settings)


def request(work: Work, actor: Actor, subject: Named) -> bytes:
    """Give the request (PKCS #10, PEM) for the document key in use, signed by it wherever it is.

    Raises: ForbiddenError; InputError (``certificate-subject``); ConflictError (``did-key-fixed``); whatever
    the key's place raises.
    """
    require(actor, Role.ADMINISTER)
    _checked(subject)
    row = institutions.row_of(work.session, actor.institution_id)
    if row.did.startswith("did:key:"):
        key_owner(work, actor)
    signer = _keys.opened(work, _keys.active(work.session, row.id, _keys.DOCUMENT))
    return written(
        signer,
        subject=Subject(
            organization=subject.organization,
            country=subject.country,
            organization_id=subject.organization_id or None,
            common_name=subject.organization,
        ),
    )


def answer(work: Work, actor: Actor, data: bytes) -> KeyView:
    """Take in what the authority answered, in any order and form; give the key, as it is certified now.

    Raises:
        ForbiddenError: the actor does not administer.
        InputError: ``certificate-file`` for bytes that hold no certificates; for certificates that do not do
            ``certificate-key`` (of another key), ``certificate-link``, ``certificate-time``,
            ``certificate-use`` or ``document-certificate``.
        ConflictError: ``did-key-fixed``; ``certificate-known`` when it has these certificates already.
    """
    row = key_owner(work, actor)
    key = _keys.active(work.session, row.id, _keys.DOCUMENT)
    public = PublicKey.from_multikey(key.public_multikey)
    chain = _ordered(certificates_in(data), public)
    check(chain, public, work.now)
    if len(chain) < 2:
        raise unlinked(chain[0])
    said = texts(chain)
    if said == list(key.certificates):
        raise ConflictError("The key has these certificates already.", code="certificate-known")
    method = method_of(row, public)
    detail: dict[str, Any] = {
        "certificate": chain[0].fingerprint(hashes.SHA256()).hex(),
        "ends": f"{chain[0].not_valid_after_utc:%Y-%m-%d}",
    }
    if key.verification_method != method:
        key = _under(work, key, method)
    key.certificates = said
    record(work, actor, "key.certify", key.id, detail)
    work.session.flush()
    return view_of(work, key)


def certificates_in(data: bytes) -> list[x509.Certificate]:
    """Give the certificates of a file: PEM (one or many), DER, or PKCS #7 in either form.

    Raises: InputError (``certificate-file``).
    """
    if len(data) > MAX_BYTES:
        raise _no_file(f"it has more than {MAX_BYTES} bytes")
    readers: tuple[Callable[[], list[x509.Certificate]], ...] = (
        lambda: x509.load_pem_x509_certificates(data),
        lambda: pkcs7.load_pem_pkcs7_certificates(data),
        lambda: [x509.load_der_x509_certificate(data)],
        lambda: pkcs7.load_der_pkcs7_certificates(data),
    )
    for reader in readers:
        try:
            found = reader()
        except Exception:  # noqa: BLE001, S112  # each form fails in its own way at the others' bytes
            continue
        if found and len(found) <= _MOST_CERTIFICATES:
            return found
    raise _no_file("no certificate can be read in it")


def _ordered(found: list[x509.Certificate], public: PublicKey) -> list[x509.Certificate]:
    """Give the newest certificate of this key, and those above it."""
    own = []
    for one in found:
        try:
            if PublicKey.from_cryptography(one.public_key()) == public:
                own.append(one)
        except (GakushoError, ValueError):
            continue  # an authority may have a key of a kind that is not used here
    if not own:
        other = found[0].subject.rfc4514_string()
        raise unfit("certificate-key", "the file has no certificate of this key", other)
    return chain_of(max(own, key=lambda one: one.not_valid_before_utc), found)


def _under(work: Work, key: Key, method: str) -> Key:
    """Give the same key under the id a verifier derives; under the old one it stays published, retired."""
    if work.session.scalars(select(Key).where(Key.verification_method == method)).first() is not None:
        raise ConflictError("The institution has this key already.", code="key-known")
    new = Key(
        id=new_id(),
        institution_id=key.institution_id,
        purpose=key.purpose,
        algorithm=key.algorithm,
        verification_method=method,
        public_multikey=key.public_multikey,
        kept=key.kept,
        store=key.store,
        certificates=[],
        created_at=work.now,
    )
    key.retired_at = work.now
    work.session.add(new)
    return new


def _identifies(number: str) -> bool:
    """Tell whether it is an organization identifier: ETSI EN 319 412-1, section 5.1.4."""
    if number.startswith("NTRJP-"):  # a 法人番号 has 13 digits
        return re.fullmatch(r"NTRJP-[0-9]{13}", number) is not None
    return _IDENTIFIER.fullmatch(number) is not None


def _checked(subject: Named) -> None:
    wrong = ""
    if not 0 < len(subject.organization) <= 64 or not subject.organization.isprintable():
        wrong, expected = subject.organization, "a name of 1 to 64 characters"
    elif not re.fullmatch("[A-Z]{2}", subject.country):
        wrong, expected = subject.country, "two capital letters (ISO 3166-1)"
    elif subject.organization_id and not _identifies(subject.organization_id):
        wrong, expected = subject.organization_id, "such as NTRJP-1234567890123"
    else:
        return
    raise InputError(
        f"A certificate cannot name this: {wrong[:80]!r}; expected {expected}.",
        code="certificate-subject",
        facts={"got": wrong[:80], "expected": expected},
        action="Write the legal name and the number as the authority has them.",
    )


def _no_file(reason: str) -> InputError:
    return InputError(
        f"The file of certificates cannot be used: {reason}.",
        code="certificate-file",
        facts={"reason": reason},
        action="Choose the file the authority sent: PEM (.pem, .crt, .cer), DER or PKCS #7 (.p7b).",
    )
