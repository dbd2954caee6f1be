# SPDX-License-Identifier: Apache-2.0
"""What the two kinds of credential on SD-JWT share: telling them apart, and showing a part of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import Asking, Disclosable, _jose, _key_binding, _ob_parts, _sd_jwt
from gakusho.formats._signed_by import check
from gakusho.model.report import Check, Outcome
from gakusho.proof import Signer

_TYPE_OF_OTHERS = _jose.types("dc+sd-jwt")
_MAX_VALUE = 300


def has_type_claim(data: bytes) -> bool:
    """Tell whether an SD-JWT is one of the IETF's credentials: by ``typ`` or by ``vct``; never raises."""
    try:
        token = _jose.taken_apart(data.partition(b"~")[0])
    except InputError:
        return False
    return _is_one(token.header.get("typ")) or "vct" in token.claims


def _is_one(typ: object) -> bool:
    return isinstance(typ, str) and typ in _TYPE_OF_OTHERS


def disclosures_check(found: _sd_jwt.Claims, never: Collection[str] = ()) -> Check:
    """Give the check of the parts shown: what was not signed cannot be read at all.

    ``never`` are members at the top that decide whether the credential holds; one that its holder could
    have held back decides nothing. RFC 9901, section 9.7.
    """
    hideable = sorted(
        {place.split("/")[1] for place, _ in found.places} & {_sd_jwt.escaped(n) for n in never}
    )
    if hideable:
        return check("proof.disclosures", Outcome.INVALID, reason="held-back", got=", ".join(hideable))
    return check("proof.disclosures", Outcome.VALID, got=str(len(found.places)))


class ShownInPart:
    """What a holder does with a credential on SD-JWT, whatever its claims are. RFC 9901, section 7.2."""

    def disclosable(self, data: bytes) -> list[Disclosable]:
        """Give what can be shown or held back. Raises: InputError."""
        found = _sd_jwt.claims(_sd_jwt.taken_apart(data))
        values = {place: _at(found.values, place) for place, _ in found.places}
        return [
            Disclosable(pointer=place, value=_said(value), kind=_kind(place, value))
            for place, value in values.items()
        ]

    def disclose(self, data: bytes, pointers: Sequence[str]) -> bytes:
        """Give the credential with only the mandatory and the chosen parts. Raises: InputError."""
        return _sd_jwt.selected(_sd_jwt.taken_apart(data), pointers)

    def show(self, data: bytes, *, holder: Signer, challenge: str, domain: str, now: datetime) -> bytes:
        """Give the credential with the holder's word. Raises: KeyMaterialError, UnreadableError."""
        return _key_binding.bound(data, holder=holder, challenge=challenge, domain=domain, now=now)


def _kind(pointer: str, value: object) -> str:
    # Claims of their own have no title: what is called name there is the learner's.
    return "name" if pointer == "/name" else _ob_parts.kind_of(pointer, value)


def _at(values: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        values = values[int(name)] if isinstance(values, list) else values[name]
    return values


def _said(value: Any) -> str:
    """Give the words in a value, without the ids that only programs read."""
    return " · ".join(_words(value))[:_MAX_VALUE]


def _words(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        told = [member for name, member in value.items() if name not in _FOR_PROGRAMS]
        return [word for member in told for word in _words(member)]
    if isinstance(value, list):
        return [word for member in value for word in _words(member)]
    return [] if value is None or isinstance(value, bool) else [str(value)]


_FOR_PROGRAMS = frozenset(
    {"id", "type", "resultDescription", "identityType", "description_id", "hashed", "salt"}
)


def shown_checks(
    apart: _sd_jwt.SdJwt,
    found: _sd_jwt.Claims,
    asking: Asking,
    *,
    challenge: str | None,
    domain: str | None,
) -> list[Check]:
    """Give the checks of a credential shown by its holder, apart from those of the credential itself."""
    return [
        check("presentation.rules", Outcome.VALID),
        *_key_binding.checks(apart, found.values, asking, challenge=challenge, domain=domain),
    ]
