# SPDX-License-Identifier: Apache-2.0
"""Tokens of which the holder may hold parts back: SD-JWT, RFC 9901.

Every rule of its section 7 is an error here: a digest twice, a disclosure that nothing asks for, a name
that is taken, a name with a meaning of its own.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gakusho.errors import InputError, LimitError, UnreadableError
from gakusho.formats import _jose
from gakusho.proof import Signer, multibase
from gakusho.proof import json as strict_json

HASHES: Mapping[str, Callable[[bytes], Any]] = {
    "sha-256": hashlib.sha256,
    "sha-384": hashlib.sha384,
    "sha-512": hashlib.sha512,
}
"""``_sd_alg`` (the IANA registry of named information hashes) to the hash."""
MAX_DISCLOSURES = 10_000
MAX_DEPTH = 32
_SALT_BYTES = 16
_RESERVED = frozenset({"_sd", "..."})


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """One part as its holder shows it. RFC 9901, section 4.2."""

    text: str
    """Its base64url form, over which the digest is taken."""
    name: str | None
    """The member's name; none for an element of a list."""
    value: Any


@dataclass(frozen=True, kw_only=True)
class SdJwt:
    """An SD-JWT taken apart, before anything in it is believed."""

    token: _jose.Token
    disclosures: tuple[Disclosure, ...]
    key_binding: _jose.Token | None
    shown: bytes
    """What the key binding covers: all up to and with the last tilde. RFC 9901, section 4.3.1."""

    @property
    def hash_name(self) -> str:
        """The hash of the digests. Raises: UnreadableError when it is none known here."""
        name = self.token.claims.get("_sd_alg", "sha-256")
        if not isinstance(name, str) or name not in HASHES:
            raise _broken(f"_sd_alg {str(name)[:40]}", ", ".join(HASHES))
        return name


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What an SD-JWT says with all that is shown put in its place."""

    values: dict[str, Any]
    places: tuple[tuple[str, Disclosure], ...]
    """Where each disclosure stands: JSON pointers into ``values``, in the order of the credential."""


def looks_like(data: bytes) -> bool:
    """Tell whether the bytes are a compact JWS followed by a tilde; quick."""
    head, tilde, _ = data.partition(b"~")
    return bool(tilde) and len(data) <= _jose.MAX_BYTES and _jose.looks_like(head) and not data[-1:].isspace()


def taken_apart(data: bytes) -> SdJwt:
    """Give the parts. Raises: UnreadableError, LimitError."""
    if len(data) > _jose.MAX_BYTES:
        raise LimitError(f"The token has {len(data)} bytes; at most {_jose.MAX_BYTES} are read.")
    head, *texts = data.split(b"~")
    if not texts:
        raise _broken("a token without tilde", "an SD-JWT")
    last = texts.pop()
    if len(texts) > MAX_DISCLOSURES:
        raise LimitError(f"The token has more than {MAX_DISCLOSURES} disclosures.")
    return SdJwt(
        token=_jose.taken_apart(head),
        disclosures=tuple(_disclosure(text) for text in texts),
        key_binding=_jose.taken_apart(last) if last else None,
        shown=data[: len(data) - len(last)],
    )


def _disclosure(text: bytes) -> Disclosure:
    value = strict_json.loads(_jose.bytes_of(text))
    if not isinstance(value, list) or len(value) not in {2, 3} or not isinstance(value[0], str):
        raise _broken("another disclosure", "[salt, name, value] or [salt, value]")
    name = value[1] if len(value) == 3 else None
    if len(value) == 3 and (not isinstance(name, str) or name in _RESERVED):
        raise _broken(f"a disclosure named {str(name)[:40]}", "another name")
    return Disclosure(text=text.decode("ascii"), name=name, value=value[-1])


def claims(sd_jwt: SdJwt) -> Claims:
    """Give what the token says with all that is shown in its place. RFC 9901, section 7.1, step 3.

    Raises: UnreadableError for every rule that is broken, LimitError.
    """
    by_digest = {digest(one.text, sd_jwt.hash_name): one for one in sd_jwt.disclosures}
    if len(by_digest) != len(sd_jwt.disclosures):
        raise _broken("a disclosure twice", "each once")
    walk = _Walk(by_digest)
    values = walk.members({k: v for k, v in sd_jwt.token.claims.items() if k != "_sd_alg"}, "", 0)
    if len(walk.places) != len(by_digest):
        raise _broken("a disclosure that nothing asks for", "only what was signed")
    return Claims(values=values, places=tuple(walk.places))


@dataclass
class _Walk:
    """One pass over the payload, putting in place what is shown and dropping what is held back."""

    by_digest: Mapping[str, Disclosure]
    places: list[tuple[str, Disclosure]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def members(self, value: Mapping[str, Any], pointer: str, depth: int) -> dict[str, Any]:
        if depth > MAX_DEPTH:
            raise LimitError("The token is nested too deep.", facts={"got": depth, "expected": MAX_DEPTH})
        if "..." in value:
            raise _broken("the name ... outside a list", "another name")
        found = {
            name: self.any(member, f"{pointer}/{escaped(name)}", depth + 1)
            for name, member in value.items()
            if name != "_sd"
        }
        digests = value.get("_sd", [])
        if not isinstance(digests, list):
            raise _broken("_sd that is no list", "a list of digests")
        for one in digests:
            disclosure = self._found(one)
            if disclosure is None:
                continue
            name = disclosure.name
            if name is None:
                raise _broken("a list's disclosure for a member", "[salt, name, value]")
            if name in value or name in found:
                raise _broken(f"the name {name[:40]} twice", "each name once")
            place = f"{pointer}/{escaped(name)}"
            self.places.append((place, disclosure))
            found[name] = self.any(disclosure.value, place, depth + 1)
        return found

    def any(self, value: Any, pointer: str, depth: int) -> Any:
        if isinstance(value, dict):
            return self.members(value, pointer, depth)
        return self._list(value, pointer, depth) if isinstance(value, list) else value

    def _list(self, value: list[Any], pointer: str, depth: int) -> list[Any]:
        if depth > MAX_DEPTH:
            raise LimitError("The token is nested too deep.", facts={"got": depth, "expected": MAX_DEPTH})
        found: list[Any] = []
        for element in value:
            place = f"{pointer}/{len(found)}"
            if not isinstance(element, dict) or "..." not in element:
                found.append(self.any(element, place, depth + 1))
                continue
            if len(element) != 1:
                raise _broken("members beside ...", "a digest alone")
            disclosure = self._found(element["..."])
            if disclosure is None:
                continue
            if disclosure.name is not None:
                raise _broken("a member's disclosure in a list", "[salt, value]")
            self.places.append((place, disclosure))
            found.append(self.any(disclosure.value, place, depth + 1))
        return found

    def _found(self, value: object) -> Disclosure | None:
        if not isinstance(value, str):
            raise _broken("a digest that is no text", "text")
        if value in self.seen:
            raise _broken("a digest twice", "each once")
        self.seen.add(value)
        return self.by_digest.get(value)


def digest(text: str | bytes, hash_name: str = "sha-256") -> str:
    """Give the digest of a text in base64url. RFC 9901, section 4.2.3."""
    raw = text if isinstance(text, bytes) else text.encode("ascii")
    return multibase.base64url(HASHES[hash_name](raw).digest())


# --- holding back ----------------------------------------------------------------------------------


def selected(sd_jwt: SdJwt, pointers: Sequence[str]) -> bytes:
    """Give the token with only the disclosures that the chosen places need, without any key binding.

    A chosen place shows all that is under it, and what it stands in.
    Raises: InputError for a pointer that leads nowhere; UnreadableError.
    """
    found = claims(sd_jwt)
    for pointer in pointers:
        _refuse_nowhere(found.values, pointer)
    kept = {
        disclosure.text
        for place, disclosure in found.places
        if any(_within(place, chosen) or _within(chosen, place) for chosen in pointers)
    }
    head = sd_jwt.shown.partition(b"~")[0].decode("ascii")
    return "~".join([head, *(one.text for one in sd_jwt.disclosures if one.text in kept), ""]).encode("ascii")


def _within(pointer: str, other: str) -> bool:
    return pointer == other or pointer.startswith(f"{other}/")


def _refuse_nowhere(values: Any, pointer: str) -> None:
    current = values
    for part in pointer.split("/")[1:] if pointer.startswith("/") else [None]:
        name = part if part is None else part.replace("~1", "/").replace("~0", "~")
        if isinstance(current, dict) and name in current:
            current = current[name]
        elif isinstance(current, list) and name is not None and name.isdecimal() and int(name) < len(current):
            current = current[int(name)]
        else:
            raise InputError(
                f"The pointer {pointer[:200]!r} leads nowhere in the credential.",
                code="pointer",
                facts={"got": pointer[:200], "expected": "a JSON pointer to something the credential says"},
            )


def escaped(name: str) -> str:
    """Give a name as a part of a JSON pointer. RFC 6901, section 3."""
    return name.replace("~", "~0").replace("/", "~1")


# --- issuing ---------------------------------------------------------------------------------------


def issued(
    values: Mapping[str, Any],
    *,
    selective: Collection[str],
    header: Mapping[str, Any],
    signer: Signer,
    decoys: int = 0,
) -> bytes:
    """Give the signed token with all its disclosures.

    ``selective`` are JSON pointers to what the holder may hold back, also one inside another; ``decoys``
    is how many digests of nothing stand in the list of each object that hides something.
    Raises: InputError for a pointer that leads nowhere or a name that SD-JWT keeps for itself;
    KeyMaterialError.
    """
    for pointer in selective:
        _refuse_nowhere(values, pointer)
    making = _Making(frozenset(selective), decoys)
    payload = making.members(values, "")
    payload["_sd_alg"] = "sha-256"
    token = _jose.signed(header, payload, signer).decode("ascii")
    return "~".join([token, *making.disclosures, ""]).encode("ascii")


@dataclass
class _Making:
    selective: frozenset[str]
    decoys: int
    disclosures: list[str] = field(default_factory=list)

    def members(self, value: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        hidden: list[str] = []
        for name, member in value.items():
            if name in _RESERVED or (name == "_sd_alg" and not pointer):
                raise InputError(
                    f"The name {name} has a meaning of its own in an SD-JWT.",
                    code="reserved-name",
                    facts={"got": name, "expected": "another name"},
                )
            place = f"{pointer}/{escaped(name)}"
            inner = self._any(member, place)
            if place in self.selective:
                hidden.append(self._hidden([name, inner]))
            else:
                shown[name] = inner
        if hidden:
            # Sorted, so that their order tells nothing; decoys hide how many there are.
            decoys = [digest(secrets.token_hex(_SALT_BYTES)) for _ in range(self.decoys)]
            shown["_sd"] = sorted(hidden + decoys)
        return shown

    def _any(self, value: Any, pointer: str) -> Any:
        if isinstance(value, Mapping):
            return self.members(value, pointer)
        if isinstance(value, list):
            return [self._element(element, f"{pointer}/{i}") for i, element in enumerate(value)]
        return value

    def _element(self, value: Any, pointer: str) -> Any:
        inner = self._any(value, pointer)
        return {"...": self._hidden([inner])} if pointer in self.selective else inner

    def _hidden(self, parts: list[Any]) -> str:
        salt = multibase.base64url(secrets.token_bytes(_SALT_BYTES))
        text = multibase.base64url(strict_json.dumps([salt, *parts]))
        self.disclosures.append(text)
        return digest(text)


def _broken(got: str, expected: str) -> UnreadableError:
    return UnreadableError(
        f"The SD-JWT breaks its rules: got {got}, expected {expected}.",
        code="sd-jwt",
        facts={"got": got, "expected": expected},
    )
