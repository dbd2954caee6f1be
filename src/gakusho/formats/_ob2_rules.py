# SPDX-License-Identifier: Apache-2.0
"""The rules of Open Badges 2.0 for each of its documents, as words on what is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from gakusho.errors import InputError
from gakusho.formats import _ob2, _vc

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")
_HASH = re.compile(r"(?:sha256\$[0-9a-fA-F]{64}|md5\$[0-9a-fA-F]{32})\Z")
_DATA_IMAGE = re.compile(r"data:image/(?:png|svg\+xml|jpeg|gif);base64,[A-Za-z0-9+/=\s]+\Z")
_MAX_EXTENSIONS = 50

_EXTENSIONS: dict[str, tuple[tuple[tuple[str, ...], bool], ...]] = {
    # What the schemas of the published extensions demand: one of these members, and whether an address.
    "ExampleExtension": ((("exampleProperty", "http://schema.org/text", "schema:text"), False),),
    "ApplyLink": ((("url", "schema:url", "http://schema.org/url"), True),),
    "RecipientProfile": ((("name", "schema:name"), False),),
}


def broken(document: Mapping[str, Any]) -> list[str]:
    """Give every rule that a document breaks, whichever of the kinds it is, each as a few words."""
    found = [*_contexts(document), *_types(document), *_extensions(document)]
    for kinds, rules in _RULES:
        if _ob2.is_kind(document, *kinds):
            found += rules(document)
    return found


def broken_assertion(document: Mapping[str, Any]) -> list[str]:
    """Give every rule that an assertion breaks, first of all that it is one."""
    missing = [] if _ob2.is_kind(document, _ob2.ASSERTION) else ["type does not name Assertion"]
    return missing + broken(document)


def broken_part(document: Mapping[str, Any], member: str, *kinds: str) -> list[str]:
    """Give every rule that the class or the issuer of an assertion breaks; its context is its owner's."""
    missing = [] if _ob2.is_kind(document, *kinds) else [f"{member} is no {' or '.join(sorted(kinds))}"]
    contexts = _contexts(document) if "@context" in document else []
    rules = next(rules for known, rules in _RULES if set(kinds) & set(known))
    return [*missing, *contexts, *_types(document), *rules(document)]


def _contexts(document: Mapping[str, Any]) -> list[str]:
    stated = _vc.as_list(document.get("@context"))
    named = any(one in (_ob2.CONTEXT, _ob2.inline_context()) for one in stated)
    return [] if named else ["@context does not name Open Badges 2.0"]


def _types(document: Mapping[str, Any]) -> list[str]:
    stated = _vc.as_list(document.get("type"))
    if not stated or not all(isinstance(kind, str) for kind in stated):
        return ["type is missing"]
    known = _ob2.terms()
    return [
        f"type {kind[:60]} is defined nowhere" for kind in stated if kind not in known and ":" not in kind
    ]


def _assertion(document: Mapping[str, Any]) -> list[str]:
    found = [] if _is_iri(document.get("id")) else ["id is no address"]
    found += _recipient(document.get("recipient"))
    found += _times(document)
    badge = document.get("badge")
    if not (_is_iri(badge) or isinstance(badge, Mapping)):
        found.append("badge is neither an address nor a class")
    kinds = set(_ob2.types(_ob2.method(document)))
    if not kinds & (_ob2.HOSTED | _ob2.SIGNED):
        found.append("verification is neither hosted nor signed")
    if kinds & _ob2.HOSTED and not _ob2.is_address(document.get("id")):
        found.append("id of a hosted badge is no web address")
    found += _image(document, "image")
    for one in _vc.as_list(document.get("evidence")):
        if not (_is_iri(one) or isinstance(one, Mapping)):
            found.append("evidence is neither an address nor an object")
    if "narrative" in document and not isinstance(document["narrative"], str):
        found.append("narrative is no text")
    return found


def _recipient(stated: object) -> list[str]:
    if not isinstance(stated, Mapping):
        return ["recipient is missing"]
    found = [
        f"recipient.{name} is missing" for name in ("type", "identity") if not _is_text(stated.get(name))
    ]
    hashed = stated.get("hashed")
    if not isinstance(hashed, bool):
        return [*found, "recipient.hashed is neither true nor false"]
    if hashed and not _HASH.match(str(stated.get("identity"))):
        found.append("recipient.identity is no hash")
    if "salt" in stated and not isinstance(stated["salt"], str):
        found.append("recipient.salt is no text")
    return found


def _times(document: Mapping[str, Any]) -> list[str]:
    found = []
    moments = {}
    for member in ("issuedOn", "expires"):
        if member == "expires" and document.get(member) is None:
            continue
        try:
            moments[member] = _ob2.moment(document.get(member), member)
        except InputError:
            found.append(f"{member} is no date and time with its zone")
    if len(moments) == 2 and moments["expires"] < moments["issuedOn"]:
        found.append("expires is before issuedOn")
    return found


def _badge_class(document: Mapping[str, Any]) -> list[str]:
    found = [f"{name} is missing" for name in ("name", "description") if not _is_text(document.get(name))]
    if not _is_iri(document.get("id")):
        found.append("id of the class is no address")
    criteria = document.get("criteria")
    if not (_is_iri(criteria) or (isinstance(criteria, Mapping) and criteria.keys() & {"id", "narrative"})):
        found.append("criteria is neither an address nor a text")
    issuer = document.get("issuer")
    if not (_is_iri(issuer) or isinstance(issuer, Mapping)):
        found.append("issuer is neither an address nor a profile")
    found += _image(document, "image")
    for one in _vc.as_list(document.get("alignment")):
        found += _alignment(one) if isinstance(one, Mapping) else ["alignment is no object"]
    return found


def _profile(document: Mapping[str, Any]) -> list[str]:
    found = [
        f"issuer {name} is missing" for name in ("name", "url", "email") if not _is_text(document.get(name))
    ]
    if not _is_iri(document.get("id")):
        found.append("id of the issuer is no address")
    if "verification" in document and not isinstance(document["verification"], Mapping):
        found.append("verification of the issuer is no object")
    return found


def _alignment(document: Mapping[str, Any]) -> list[str]:
    found = [] if _is_text(document.get("targetName")) else ["targetName is missing"]
    return found if _is_iri(document.get("targetUrl")) else [*found, "targetUrl is no address"]


def _endorsement(document: Mapping[str, Any]) -> list[str]:
    claim = document.get("claim")
    return [] if isinstance(claim, Mapping) and _is_iri(claim.get("id")) else ["claim is of nothing"]


def _image(document: Mapping[str, Any], member: str) -> list[str]:
    stated = document.get(member)
    found = _ob2.identifier(stated)
    if stated is None or (found is not None and (_DATA_IMAGE.match(found) or _is_iri(found))):
        return []
    return [f"{member} is neither an address nor a picture"]


def _extensions(document: Mapping[str, Any]) -> list[str]:
    stated = [(name, value) for name, value in document.items() if name.startswith("extensions:")]
    if len(stated) > _MAX_EXTENSIONS:
        return ["there are too many extensions"]
    found = []
    for name, value in stated:
        if (
            not isinstance(value, Mapping)
            or "Extension" not in _ob2.types(value)
            or len(_ob2.types(value)) < 2
        ):
            found.append(f"{name[:60]} is no typed extension")
            continue
        for kind in _ob2.types(value):
            found += _extension(value, re.split(r"[#:/]", kind)[-1], name)
    return found


def _extension(value: Mapping[str, Any], kind: str, name: str) -> list[str]:
    return [
        f"{name[:60]} breaks the schema of {kind}"
        for members, address in _EXTENSIONS.get(kind, ())
        if not any(
            _is_text(value.get(member)) and (not address or _is_iri(value[member])) for member in members
        )
    ]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_iri(value: object) -> bool:
    return isinstance(value, str) and _IRI.match(value) is not None


_RULES: tuple[tuple[tuple[str, ...], Callable[[Mapping[str, Any]], list[str]]], ...] = (
    ((_ob2.ASSERTION,), _assertion),
    ((_ob2.BADGE_CLASS,), _badge_class),
    (tuple(sorted(_ob2.PROFILE)), _profile),
    (("AlignmentObject",), _alignment),
    (("Endorsement",), _endorsement),
)
