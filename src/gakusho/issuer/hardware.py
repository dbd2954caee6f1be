# SPDX-License-Identifier: Apache-2.0
"""Keys in hardware: the tokens behind a PKCS #11 module, what is in them, and signing with it.

A module is a program that this process loads, so which ones may be loaded is the operator's word, never a
user's. A token is logged into once a process; its session is used again, by one thread at a time. A
wrong PIN is tried once: a token that says one was wrong is left alone until a person types the right one.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from gakusho.errors import InputError, KeyMaterialError, UnreachableError
from gakusho.issuer import _token_sessions
from gakusho.issuer._token_sessions import OpenToken, away, library_error, told
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers.pkcs11 import rsa_input

MADE = ("P-256", "P-384", "RSA-3072", "RSA-4096", "RSA-2048")
"""Kinds of keys that can be made in a token."""
_CURVES = {"P-256": "secp256r1", "P-384": "secp384r1"}
_MOST_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class TokenView:
    """A token as it names itself."""

    module: str
    serial: str
    label: str


@dataclass(frozen=True, kw_only=True)
class TokenKey:
    """A private key in a token, with its public half and the certificate kept beside it, if any."""

    id: str
    """Hexadecimal."""
    label: str
    public_key: PublicKey
    certificate: bytes | None
    """DER."""


def tokens(module: str) -> list[TokenView]:
    """Give the tokens there are behind a module. Raises: UnreachableError (``token-away``)."""
    return [
        TokenView(module=module, serial=one.serial.decode("ascii", "replace"), label=one.label)
        for one in _token_sessions.present(module)[:_MOST_LISTED]
    ]


def look(place: Mapping[str, str]) -> None:
    """Look whether the token of a kept key is there. Raises: UnreachableError (``token-away``)."""
    if all(one.serial != place["serial"] for one in tokens(place["module"])):
        raise away(f"the token {place['label'][:40]!r} is not there")


def keys_of(module: str, serial: str, pin: str) -> list[TokenKey]:
    """Give the keys of a token that documents could be signed with.

    Raises: UnreachableError (``token-away``), LockedKeyError (``token-pin``).
    """
    from pkcs11 import Attribute, ObjectClass

    with _logged_in(module, serial, pin).session() as session:
        found = session.raw.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        ids = [(bytes(key.id), str(key.label)) for key in found if key.id]
        views = [_view(session.raw, key_id, label) for key_id, label in ids[:_MOST_LISTED]]
    return [view for view in views if view is not None]


def make(module: str, serial: str, pin: str, algorithm: str, label: str) -> TokenKey:
    """Make a key in a token, that never leaves it, and give it.

    Raises: InputError for a kind that is not made; UnreachableError (``token-away``), LockedKeyError
    (``token-pin``), KeyMaterialError (``token-key``) when the token makes none.
    """
    if algorithm not in MADE:
        raise InputError(
            "Keys of this kind are not made.",
            code="key-algorithm",
            facts={"got": algorithm[:20], "expected": ", ".join(MADE)},
        )
    key_id = secrets.token_bytes(16)
    token = _logged_in(module, serial, pin)
    try:
        with token.session(), token.token.open(rw=True) as session:  # the one before keeps the login alive
            _generated(session, algorithm, key_id, label)
    except library_error() as error:
        raise told(error) from error
    return key_of(module, serial, pin, key_id.hex())


def key_of(module: str, serial: str, pin: str, key_id: str) -> TokenKey:
    """Give the key of a token with this id (hexadecimal).

    Raises: KeyMaterialError (``token-key``) when there is none that can be used; as ``keys_of``.
    """
    with _logged_in(module, serial, pin).session() as session:
        try:
            view = _view(session.raw, bytes.fromhex(key_id), "")
        except ValueError:
            view = None
    if view is None:
        raise _no_key(key_id)
    return view


def only_key_of(module: str, serial: str, pin: str) -> TokenKey:
    """Give the one key of a token that documents could be signed with.

    Raises: KeyMaterialError (``token-keys``) when there is none, or more than one; as ``keys_of``.
    """
    found = keys_of(module, serial, pin)
    if len(found) != 1:
        said = ", ".join(f"{one.id} ({one.label})" for one in found)[:600]
        raise KeyMaterialError(
            f"The token has {len(found)} keys that could be meant: {said or 'none'}.",
            code="token-keys",
            facts={"got": said or "0"},
            action="Give the id of one of them, or have a new one made.",
        )
    return found[0]


def certificates_in(module: str, serial: str, pin: str) -> list[bytes]:
    """Give the certificates that are in a token, DER. Raises: as ``keys_of``."""
    from pkcs11 import Attribute, ObjectClass

    with _logged_in(module, serial, pin).session() as session:
        found = session.raw.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        return [bytes(one[Attribute.VALUE]) for one in found][:_MOST_LISTED]


def custodian(place: Mapping[str, str]) -> TokenCustodian:
    """Give who signs with a kept key; the token is looked for at the first signature."""
    return TokenCustodian(place)


class TokenCustodian:
    """Signs with a key in a token."""

    def __init__(self, place: Mapping[str, str]) -> None:
        self._place = place

    def sign_digests(self, digests: Sequence[bytes], algorithm: str) -> list[bytes]:
        """Give the signature of each digest, in order: r ‖ s of ECDSA, PKCS #1 v1.5 of RSA.

        A session that was lost is opened anew, once.
        Raises: UnreachableError (``token-away``), LockedKeyError (``token-pin``), KeyMaterialError.
        """
        try:
            return self._signed(digests, algorithm)
        except UnreachableError as error:
            if error.facts.get("lost") != "session":
                raise
            return self._signed(digests, algorithm)

    def _signed(self, digests: Sequence[bytes], algorithm: str) -> list[bytes]:
        from pkcs11 import KeyType, Mechanism, ObjectClass

        place = self._place
        token = _token_sessions.opened(
            place["module"], place["serial"], place["label"], place["pin"], typed=False
        )
        key_id = bytes.fromhex(place["id"])
        with token.session() as session:
            key = session.keys.get(key_id)
            if key is None:
                key = _one(session.raw, ObjectClass.PRIVATE_KEY, key_id)
                if key is None:
                    raise _no_key(place["id"])
                session.keys[key_id] = key
            # the raw mechanisms, which every token has: hashing is done here
            if key.key_type == KeyType.EC:
                return [key.sign(one, mechanism=Mechanism.ECDSA) for one in digests]
            return [key.sign(rsa_input(one, algorithm), mechanism=Mechanism.RSA_PKCS) for one in digests]


def _logged_in(module: str, serial: str, pin: str) -> OpenToken:
    label = next((one.label for one in tokens(module) if one.serial == serial), None)
    if label is None:
        raise away("there is no such token")
    return _token_sessions.opened(module, serial, label, pin, typed=True)


def _view(session: Any, key_id: bytes, label: str) -> TokenKey | None:
    """Give a key with its public half; None when it has none here, or is of another kind."""
    from pkcs11 import Attribute, ObjectClass

    public, private = (
        _one(session, kind, key_id) for kind in (ObjectClass.PUBLIC_KEY, ObjectClass.PRIVATE_KEY)
    )
    if private is None:
        return None
    beside = _one(session, ObjectClass.CERTIFICATE, key_id)
    certificate = bytes(beside[Attribute.VALUE]) if beside is not None else None
    try:
        if public is not None:
            key = PublicKey.from_cryptography(load_der_public_key(_public_info(public)))
        elif certificate is not None:
            key = PublicKey.from_cryptography(x509.load_der_x509_certificate(certificate).public_key())
        else:
            return None
    except (ValueError, KeyMaterialError):
        return None
    return TokenKey(
        id=key_id.hex(), label=label or str(private.label), public_key=key, certificate=certificate
    )


def _public_info(public: Any) -> bytes:
    from pkcs11 import KeyType
    from pkcs11.util import ec, rsa

    if public.key_type == KeyType.EC:
        return bytes(ec.encode_ec_public_key(public))
    if public.key_type == KeyType.RSA:
        key = load_der_public_key(rsa.encode_rsa_public_key(public))
        assert isinstance(key, RSAPublicKey)
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raise ValueError(public.key_type)


def _one(session: Any, kind: Any, key_id: bytes) -> Any:
    """Give the one object of this kind and id; None when there is none, or more than one."""
    from pkcs11 import Attribute

    found = list(session.get_objects({Attribute.CLASS: kind, Attribute.ID: key_id}))
    return found[0] if len(found) == 1 else None


def _generated(session: Any, algorithm: str, key_id: bytes, label: str) -> None:
    from pkcs11 import Attribute, KeyType, MechanismFlag
    from pkcs11.util.ec import encode_named_curve_parameters

    common = {
        "id": key_id,
        "label": label[:32],
        "store": True,
        "capabilities": MechanismFlag.SIGN | MechanismFlag.VERIFY,
    }
    if curve := _CURVES.get(algorithm):
        named = {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
        session.create_domain_parameters(KeyType.EC, named, local=True).generate_keypair(**common)
    else:
        session.generate_keypair(KeyType.RSA, int(algorithm.removeprefix("RSA-")), **common)


def _no_key(key_id: str) -> KeyMaterialError:
    return KeyMaterialError(
        "The token has no key with this id, or more than one, or one that cannot be used.",
        code="token-key",
        action="Look at what is in the token with its own program, and take the right key.",
        facts={"got": key_id[:80], "expected": "one private key with its public half"},
    )
