# SPDX-License-Identifier: Apache-2.0
"""A document key that stays outside: in a token (PKCS #11) or at a signing service. Two steps.

First the place is asked, with no transaction open, since hardware and networks take their time: the key is
found there, and signs once, so that a PIN or an access that does not do shows now. Then it is taken.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gakusho.errors import ForbiddenError, GakushoError, NotFoundError
from gakusho.issuer import hardware, signing_service
from gakusho.issuer._document_keys import adopt, algorithm_of, chain_of, unfit
from gakusho.issuer.access import Actor
from gakusho.issuer.institutions import KeyView
from gakusho.issuer.places import outside_store
from gakusho.issuer.signing_service import Service
from gakusho.proof import Custodian
from gakusho.proof.keys import PublicKey
from gakusho.proof.outside import OutsideSigner
from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class OutsideKey:
    """A key that was found in its place, and signed there once."""

    store: str
    public_key: PublicKey
    place: Mapping[str, str] = field(repr=False)
    certificates: tuple[bytes, ...] = ()
    """DER, its own first; none: the institution's own authority is to certify it."""


def in_token(  # where it is, each by its name
    module: str, serial: str, pin: str, *, allowed: Collection[str], key_id: str = "", make: str = ""
) -> OutsideKey:
    """Find a key in a token, the only one if none is named, or ``make`` one of this kind there.

    ``allowed`` are the modules the operator lets this server load.

    Raises:
        ForbiddenError: another module.
        InputError: a kind that is not made, or a key documents are not signed with.
        UnreachableError, LockedKeyError, KeyMaterialError: as ``hardware``.
    """
    if module not in allowed:
        raise ForbiddenError(
            "This server may not load this module.",
            code="token-module",
            facts={"got": module[:200], "expected": ", ".join(allowed) or "none"},
            action="The operator names the modules that may be loaded: GAKUSHO_PKCS11_MODULES.",
        )
    if make:
        key = hardware.make(module, serial, pin, make, "Gakusho documents")
    elif key_id:
        key = hardware.key_of(module, serial, pin, key_id)
    else:
        key = hardware.only_key_of(module, serial, pin)
    algorithm_of(key.public_key)
    label = next((one.label for one in hardware.tokens(module) if one.serial == serial), "")
    place = {"module": module, "serial": serial, "label": label, "pin": pin, "id": key.id}
    _try(key.public_key, hardware.custodian(place))
    beside = hardware.certificates_in(module, serial, pin) if key.certificate else []
    return OutsideKey(
        store="pkcs11",
        public_key=key.public_key,
        place=place,
        certificates=_chain([key.certificate or b"", *beside]) if beside else (),
    )


def at_service(service: Service, credential_id: str, pin: str) -> OutsideKey:
    """Find a key at a signing service, the only one it has for us if none is named.

    Raises: InputError, UnreachableError, KeyMaterialError: as ``signing_service``; KeyMaterialError
    (``signature-wrong``) when it signs with another key than its certificate says.
    """
    if not credential_id and len(service.credentials) == 1:
        credential_id = service.credentials[0]
    if credential_id not in service.credentials:
        known = ", ".join(service.credentials)[:400] or "none"
        raise NotFoundError(
            f"The service has no such key for us; it has {known}.",
            code="no-credential-id",
            facts={"got": credential_id[:80] or "none", "expected": known},
            action="Give the id of one of the keys the service names.",
        )
    one = signing_service.described(service.access, credential_id)
    certificates = _chain(one.certificates)
    if not certificates:
        raise unfit(
            "document-certificate", "no certificate of another authority comes with it", credential_id
        )
    try:
        key = PublicKey.from_cryptography(x509.load_der_x509_certificate(certificates[0]).public_key())
    except (ValueError, GakushoError) as error:
        raise unfit(
            "document-certificate", "the key is weak, or of a kind PDF readers do not know", str(error)
        ) from error
    algorithm_of(key)
    place = signing_service.place_of(service, one, pin)
    _try(key, signing_service.custodian(place, service.access.services))
    return OutsideKey(store="csc", public_key=key, place=place, certificates=certificates)


def take(work: Work, actor: Actor, found: OutsideKey) -> KeyView:
    """Give the key by which documents are signed from now on; the old one is retired.

    Raises: ForbiddenError; InputError (``document-certificate``); ConflictError (``did-key-fixed``,
    ``key-known``).
    """
    return adopt(
        work,
        actor,
        kept=outside_store(found.store).keep(found.place, found.public_key, work.secret),
        store=found.store,
        public_key=found.public_key,
        chain=[x509.load_der_x509_certificate(one) for one in found.certificates],
        act="key.take-outside",
    )


def _chain(certificates: Sequence[bytes]) -> tuple[bytes, ...]:
    """Give the first certificate and those above it, DER; none if it is nobody else's word, or unreadable."""
    try:
        leaf, *others = [x509.load_der_x509_certificate(one) for one in certificates]
    except ValueError:
        return ()
    if leaf.issuer == leaf.subject:
        return ()
    return tuple(one.public_bytes(Encoding.DER) for one in chain_of(leaf, others))


def _try(key: PublicKey, custodian: Custodian) -> None:
    OutsideSigner(key, custodian).sign(b"Gakusho tries a key: " + secrets.token_bytes(16))
