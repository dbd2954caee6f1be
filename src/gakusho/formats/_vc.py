# SPDX-License-Identifier: Apache-2.0
"""What the formats on the W3C Verifiable Credentials Data Model share: members, status entries, sealing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from gakusho.errors import InputError, KeyMaterialError, LimitError, UnreadableError
from gakusho.formats import Asking, CredentialKey
from gakusho.formats._contexts import contexts
from gakusho.model.award import Award, StatusEntry
from gakusho.model.issuer import Issuer
from gakusho.model.report import Check, Outcome
from gakusho.model.text import Text
from gakusho.proof import ProofOptions, data_integrity
from gakusho.proof import json as strict_json
from gakusho.proof._options import read_time

VC_V1 = "https://www.w3.org/2018/credentials/v1"
VC_V2 = "https://www.w3.org/ns/credentials/v2"
MEDIA_TYPE = "application/vc"
MAX_BYTES = 8 * 1_048_576
"""Bytes of a credential: an image of several megabytes fits."""
ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
"""Stands for "from ever" where a credential says no beginning."""

USUAL_SUITES = {"Ed25519": "eddsa-rdfc-2022", "P-256": "ecdsa-rdfc-2019", "P-384": "ecdsa-rdfc-2019"}

OPEN_BADGE_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})

_MAX_SHARED = 2 * 1_048_576
_last_read: tuple[bytes, Mapping[str, Any] | Callable[[], InputError]] = (b"", {})
"""The one document read last: recognizing, reading and checking ask for the same bytes in turn."""
_last_types: tuple[bytes, frozenset[str]] = (b"", frozenset())
_MAX_STATUS = 32
_MAX_MESSAGES = 256
_STRINGS = frozenset({str, type(None)})
_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,9})\Z")
_HEX = re.compile(r"0x[0-9A-Fa-f]{1,4}\Z")
_STATUS_MEMBERS = {
    # Where each kind of list of bits says which list it is, and which place.
    "BitstringStatusListEntry": ("statusListCredential", "statusListIndex"),
    "StatusList2021Entry": ("statusListCredential", "statusListIndex"),
    "RevocationList2020Status": ("revocationListCredential", "revocationListIndex"),
}
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Carried(bytes):
    """The bytes of a credential inside another, with what is read of them already.

    The object was strictly read as a part of the other, so reading its bytes would give it once more.
    """

    document: Mapping[str, Any]
    award: Award | None = None
    """What reading it as a badge gives, where that was done (``_ob_read.award``)."""

    @classmethod
    def of(cls, document: Mapping[str, Any], award: Award | None = None) -> Carried:
        """Give the bytes of an object that lies in a credential."""
        made = cls(orjson.dumps(document))
        made.document, made.award = document, award
        return made


# --- reading ---------------------------------------------------------------------------------------


def loaded(data: bytes) -> dict[str, Any]:
    """Give the JSON object in ``data``, strictly read. Raises: UnreadableError, LimitError."""
    if len(data) > MAX_BYTES:
        raise LimitError(f"The credential has {len(data)} bytes; at most {MAX_BYTES} are read.")
    document = strict_json.loads(data)
    if not isinstance(document, dict):
        raise unreadable("the whole", type(document).__name__, "a JSON object")
    return document


def shared(data: bytes) -> Mapping[str, Any]:
    """Give what ``loaded`` gives, not to be changed: for the same bytes asked in turn it is the same object.

    Raises: UnreadableError, LimitError.
    """
    global _last_read  # noqa: PLW0603  # one tuple, set at once: safe between threads
    if isinstance(data, Carried) and len(data) <= MAX_BYTES:
        return data.document
    known = _last_read
    if known[0] is not data:
        known = (data, _loaded_or_not(data))
        if len(data) <= _MAX_SHARED:
            _last_read = known
    if callable(known[1]):
        error = known[1]()
        raise error
    return known[1]


def _loaded_or_not(data: bytes) -> Mapping[str, Any] | Callable[[], InputError]:
    """Give what ``loaded`` gives, or what makes its error anew: an error raised twice keeps what it met."""
    try:
        return loaded(data)
    except InputError as error:
        return partial(type(error), str(error), code=error.code, action=error.action, facts=error.facts)


def peeked_types(data: bytes) -> frozenset[str]:
    """Give the types of a JSON object's top level, or none; quick and never raises.

    A broken text that names a credential counts as one, so that reading it says what is broken.
    """
    head = data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if not head.startswith(b"{") or len(data) > MAX_BYTES:
        return frozenset()
    global _last_types  # noqa: PLW0603  # as in shared
    known = _last_types
    if known[0] is data:
        return known[1]
    types = _types(data)
    if len(data) <= _MAX_SHARED:
        _last_types = (data, types)
    return types


def _types(data: bytes) -> frozenset[str]:
    document: object
    try:
        document = shared(data)
    except InputError:
        document = None
    try:
        document = orjson.loads(data) if document is None else document
    except orjson.JSONDecodeError:
        # In UTF-16 or UTF-32 the same letters stand between zeros.
        named = b'"VerifiableCredential"' in data.replace(b"\x00", b"")
        return frozenset({"VerifiableCredential"} if named else ())
    kinds = document.get("type") if isinstance(document, dict) else None
    listed = kinds if isinstance(kinds, list) else [kinds]
    return frozenset(kind for kind in listed if isinstance(kind, str))


def signed_in_parts(data: bytes) -> bool:
    """Tell whether a JSON object has a proof whose holder can hold parts back; never raises."""
    try:
        proofs = as_list(shared(data).get("proof"))
    except InputError:
        return False
    return any(isinstance(proof, Mapping) and proof.get("cryptosuite") == "ecdsa-sd-2023" for proof in proofs)


def dumped(document: Mapping[str, Any]) -> bytes:
    """Give the bytes of a document."""
    return orjson.dumps(document)


def unreadable(member: str, got: object, expected: str) -> UnreadableError:
    """Give the error for a member that is not what it should be."""
    shown = str(got)[:200]
    return UnreadableError(
        f"The credential cannot be read: {member} is {shown!r}, expected {expected}.",
        code="credential-member",
        facts={"member": member, "got": shown, "expected": expected},
    )


def as_list(value: object) -> list[Any]:
    """Give a member that may be one or several as a list, not to be changed."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def string(holder: Mapping[str, Any], member: str) -> str | None:
    """Give a member that is a string or absent. Raises: UnreadableError."""
    value = holder.get(member)
    if value is None or isinstance(value, str):
        return value
    raise unreadable(member, value, "text")


def strings(holder: Mapping[str, Any], members: Sequence[str]) -> list[str | None]:
    """Give members each of which is a string or absent. Raises: UnreadableError."""
    found = [*map(holder.get, members)]
    if not _STRINGS.issuperset(map(type, found)):
        return [string(holder, member) for member in members]
    return found


def required(holder: Mapping[str, Any], member: str) -> str:
    """Give a member that must be a string. Raises: UnreadableError."""
    value = string(holder, member)
    if value is None:
        raise unreadable(member, "nothing", "text")
    return value


def mapping(value: object, member: str) -> Mapping[str, Any]:
    """Give a member that must be an object. Raises: UnreadableError."""
    if isinstance(value, (dict, Mapping)):  # asking whether it is a dict is the quick question
        return value
    raise unreadable(member, value, "an object")


def text(value: object, member: str, language: str) -> Text:
    """Give a text in its language; VCDM 2.0, section 11.1 allows language value objects.

    Raises: UnreadableError.
    """
    if isinstance(value, str):
        return Text(((language, value),))
    entries: list[tuple[str, str]] = []
    for one in as_list(value):
        if isinstance(one, str):
            entries.append((language, one))
        elif isinstance(one, Mapping) and isinstance(one.get("@value"), str):
            entries.append((str(one.get("@language", language)), one["@value"]))
        else:
            raise unreadable(member, one, "text")
    return Text(tuple(entries))


def at_most_one(value: object, member: str) -> object:
    """Give a member of which there is one or none.

    Several objects with one id are one object in what was signed, so that a member could be moved out of
    the one that is read.

    Raises: UnreadableError.
    """
    if not isinstance(value, list):
        return value
    found = value
    if len(found) > 1:
        raise unreadable(member, f"{len(found)} values", "one")
    return found[0] if found else None


def parsed_time(value: object, member: str) -> datetime:
    """Give a ``dateTimeStamp`` (XML Schema 1.1) as UTC; week dates, basic forms and bare times are refused.

    Raises: UnreadableError.
    """
    try:
        return read_time(value)
    except UnreadableError:
        raise unreadable(
            member, value, "a date and time with its zone, such as 2026-03-25T00:00:00Z"
        ) from None


def written_time(moment: datetime) -> str:
    """Give a moment as ``dateTimeStamp`` in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def validity(document: Mapping[str, Any]) -> tuple[datetime, datetime | None]:
    """Give from when and until when; 1.1 calls them ``issuanceDate`` and ``expirationDate``.

    Raises: UnreadableError.
    """
    start = document.get("validFrom", document.get("issuanceDate"))
    end = document.get("validUntil", document.get("expirationDate"))
    return (
        ALWAYS if start is None else parsed_time(start, "validFrom"),
        None if end is None else parsed_time(end, "validUntil"),
    )


def issuer_id(document: Mapping[str, Any]) -> str | None:
    """Give the issuer's id, when there is one."""
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return found if isinstance(found, str) else None


def issuer(document: Mapping[str, Any], language: str) -> Issuer:
    """Give the issuer as the credential describes it. Raises: UnreadableError."""
    stated = document.get("issuer")
    if isinstance(stated, str):
        return Issuer(id=stated, name=Text())
    profile = mapping(stated, "issuer")
    image = at_most_one(profile.get("image"), "issuer.image")
    address = at_most_one(profile.get("address"), "issuer.address")
    return Issuer(
        id=required(profile, "id"),
        name=text(profile.get("name"), "issuer.name", language),
        url=string(profile, "url"),
        email=string(profile, "email"),
        image=string(image, "id") if isinstance(image, Mapping) else string({"image": image}, "image"),
        country=string(address, "addressCountryCode") if isinstance(address, Mapping) else None,
    )


def status_entries(document: Mapping[str, Any]) -> tuple[StatusEntry, ...]:
    """Give where to look for the credential's status.

    An entry of another kind keeps its kind, so that it is reported as not checked.

    Raises: UnreadableError when an entry is malformed.
    """
    if "credentialStatus" not in document:
        return ()
    found = as_list(document["credentialStatus"])
    if len(found) > _MAX_STATUS:
        raise unreadable("credentialStatus", f"{len(found)} entries", f"at most {_MAX_STATUS}")
    credential_id = document.get("id")
    entries = tuple(_status_entry(one, credential_id) for one in found)
    if len(set(entries)) != len(entries):
        raise unreadable("credentialStatus", "an entry twice", "each entry once")
    return entries


def _status_entry(value: object, credential_id: object) -> StatusEntry:
    entry = mapping(value, "credentialStatus")
    kinds = [kind for kind in as_list(entry.get("type")) if isinstance(kind, str)]
    if not kinds:
        raise unreadable("credentialStatus.type", entry.get("type"), "a type")
    identifier = string(entry, "id") or ""
    kind = next((one for one in kinds if one in _STATUS_MEMBERS), None)
    if kind is None:
        return StatusEntry(
            id=identifier,
            kind=kinds[0],
            purpose="revocation",
            list_id=identifier,
            index=-1,
            credential_id=credential_id if isinstance(credential_id, str) else "",
        )
    list_member, index_member = _STATUS_MEMBERS[kind]
    with_bits = kind == "BitstringStatusListEntry"
    return StatusEntry(
        id=identifier,
        kind=kind,
        purpose="revocation" if kind == "RevocationList2020Status" else required(entry, "statusPurpose"),
        list_id=required(entry, list_member),
        index=index(entry.get(index_member), index_member),
        size=_status_size(entry) if with_bits else 1,
        messages=_status_messages(entry) if with_bits else (),
        references=tuple(
            string({"statusReference": one}, "statusReference") or ""
            for one in as_list(entry.get("statusReference"))
        ),
    )


def index(value: object, member: str) -> int:
    """Give a place in a list of bits. Raises: UnreadableError."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)  # the standard says text, but numbers are in use
    if not isinstance(value, str) or not _INDEX.match(value):
        raise unreadable(member, value, "a whole number from 0, as text")
    return int(value)


def _status_size(entry: Mapping[str, Any]) -> int:
    size = entry.get("statusSize", 1)
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise unreadable("statusSize", size, "a whole number from 1")
    return size


def _status_messages(entry: Mapping[str, Any]) -> tuple[tuple[int, str], ...]:
    found = as_list(entry.get("statusMessage"))
    if len(found) > _MAX_MESSAGES:
        raise unreadable("statusMessage", f"{len(found)} messages", f"at most {_MAX_MESSAGES}")
    messages = []
    for one in found:
        status = required(mapping(one, "statusMessage"), "status")
        if not _HEX.match(status):
            raise unreadable("statusMessage.status", status, "a number such as 0x0")
        messages.append((int(status, 16), required(one, "message")))
    return tuple(messages)


# --- writing ---------------------------------------------------------------------------------------


def written_status(entries: Sequence[StatusEntry]) -> list[dict[str, Any]]:
    """Give ``credentialStatus`` for those of the entries that are lists of bits."""
    return [_written_entry(entry) for entry in entries if entry.kind == "BitstringStatusListEntry"]


def _written_entry(entry: StatusEntry) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": entry.id,
        "type": entry.kind,
        "statusPurpose": entry.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_id,
    }
    if entry.size > 1:
        written["statusSize"] = entry.size
    if entry.messages:
        written["statusMessage"] = [
            {"status": f"0x{value:X}", "message": message} for value, message in entry.messages
        ]
    if entry.references:
        written["statusReference"] = (
            entry.references[0] if len(entry.references) == 1 else list(entry.references)
        )
    return written


def refuse_unsafe(value: object) -> None:
    """Refuse control and bidirectional characters anywhere in what is about to be signed.

    Raises: InputError.
    """
    for one in _strings(value):
        found = _UNSAFE.search(one)
        if found:
            raise InputError(
                f"A text holds the character U+{ord(found.group()):04X}, which does not print.",
                code="unsafe-character",
                action="Remove the character and try again.",
                facts={"got": f"U+{ord(found.group()):04X}", "text": _UNSAFE.sub("�", one[:80])},
            )


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)


def suite_for(algorithm: str) -> str:
    """Give the usual signature suite for keys of the algorithm. Raises: KeyMaterialError."""
    try:
        return USUAL_SUITES[algorithm]
    except KeyError:
        raise KeyMaterialError(f"No signature suite signs credentials with {algorithm} keys.") from None


def sealed(document: Mapping[str, Any], *, key: CredentialKey, now: datetime) -> dict[str, Any]:
    """Give the document with a Data Integrity proof.

    Raises: UndefinedTermError, TooComplexError, KeyMaterialError.
    """
    return data_integrity.add_proof(
        document,
        suite=key.suite or suite_for(key.signer.public_key.algorithm),
        signer=key.signer,
        options=ProofOptions(verification_method=key.verification_method, created=now),
        contexts=contexts(),
    )


# --- checking --------------------------------------------------------------------------------------


def proof_checks(document: Mapping[str, Any], asking: Asking) -> list[Check]:
    """Give the checks of all Data Integrity proofs of a credential that was read (``loaded``, ``shared``)."""
    return data_integrity.proof_checks(
        document,
        now=asking.now,
        lookup=asking.lookup,
        contexts=contexts(),
        purpose="assertionMethod",
        was_read=True,
    )


def binding_check(document: Mapping[str, Any], signers: Iterable[str]) -> Check:
    """Tell whether a key of the issuer itself is among those that signed (``signers``: their controllers)."""
    stated = issuer_id(document) or ""
    found = sorted({*signers})
    outcome = Outcome.VALID if stated and stated in found else Outcome.INVALID
    return Check(
        code="issuer.binding",
        outcome=outcome,
        facts={"got": ", ".join(found)[:500] or "—", "expected": stated[:500] or "—"},
        source="the document itself",
    )


def proof_controllers(document: Mapping[str, Any]) -> list[str]:
    """Give the controller each proof's verification method belongs to by its id."""
    return [
        str(proof["verificationMethod"]).partition("#")[0]
        for proof in as_list(document.get("proof"))
        if isinstance(proof, Mapping) and isinstance(proof.get("verificationMethod"), str)
    ]
