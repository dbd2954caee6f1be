# SPDX-License-Identifier: Apache-2.0
"""Endorsements inside an Open Badge: others' signed credentials, embedded as JSON or as tokens."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gakusho.errors import InputError, LimitError
from gakusho.formats import _jose, _ob_read, _token, _vc
from gakusho.model.award import Award

ENDORSEMENT = "EndorsementCredential"
MAX_ENDORSEMENTS = _ob_read.MAX_ENDORSEMENTS
MAX_BYTES = 64 * 1024
_OF_SUBJECT = {"id", "type", "endorsementComment"}
_INSIDE = ("endorsement", "endorsementJwt")


def members(endorsements: Sequence[bytes], about: Collection[str]) -> dict[str, list[Any]]:
    """Give ``endorsement`` and ``endorsementJwt`` for what has one of the ids ``about``.

    Raises: InputError (``endorsement-unfit``) for one that is no endorsement, or is of something else;
    UnreadableError, LimitError.
    """
    if not endorsements:
        return {}
    if len({*endorsements}) != len(endorsements):
        raise _unfit("twice the same", "each endorsement once")
    embedded: list[Any] = []
    tokens: list[Any] = []
    for data in endorsements:
        document = content(data)
        endorsed = endorsed_id(document)
        if endorsed not in about:
            raise _unfit(endorsed, ", ".join(about))
        if data[:1] == b"{":
            embedded.append(document)
        else:
            tokens.append(data.decode("ascii"))
    return {name: found for name, found in zip(_INSIDE, (embedded, tokens), strict=True) if found}


def refuse_many(award: Award) -> None:
    """Refuse more endorsements than a verifier looks at. Raises: LimitError."""
    count = len(award.endorsements) + len(award.issuer.endorsements) + len(award.achievement.endorsements)
    if count > MAX_ENDORSEMENTS:
        raise LimitError(
            f"There are {count} endorsements; at most {MAX_ENDORSEMENTS} are carried.",
            code="endorsements-limit",
            facts={"got": count, "expected": MAX_ENDORSEMENTS},
        )


def with_tokens_only(award: Award) -> Award:
    """Give the award with those endorsements alone that are tokens."""

    def tokens(endorsements: tuple[bytes, ...]) -> tuple[bytes, ...]:
        return tuple(one for one in endorsements if one[:1] != b"{")

    if not (award.endorsements or award.issuer.endorsements or award.achievement.endorsements):
        return award
    return replace(
        award,
        endorsements=tokens(award.endorsements),
        issuer=replace(award.issuer, endorsements=tokens(award.issuer.endorsements)),
        achievement=replace(award.achievement, endorsements=tokens(award.achievement.endorsements)),
    )


def content(data: bytes) -> Mapping[str, Any]:
    """Give the ``EndorsementCredential`` in the bytes, nothing of it checked but its form.

    Raises: InputError (``endorsement-unfit``), UnreadableError, LimitError.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(
            f"The endorsement has {len(data)} bytes; at most {MAX_BYTES} are carried.",
            facts={"got": len(data), "expected": MAX_BYTES},
        )
    if data[:1] == b"{":
        document: Mapping[str, Any] = _vc.loaded(data)
    elif _jose.looks_like(data):
        token = _jose.taken_apart(data)
        document = _token.document(token.claims, token.header.get("typ"))
    else:
        raise _unfit("neither JSON nor a token", ENDORSEMENT)
    if ENDORSEMENT not in _vc.as_list(document.get("type")):
        raise _unfit(", ".join(map(str, _vc.as_list(document.get("type")))), ENDORSEMENT)
    if data[:1] == b"{" and not document.get("proof"):
        raise _unfit("no proof", "a signed endorsement")
    endorsed_id(document)
    return document


def endorsed_id(document: Mapping[str, Any]) -> str:
    """Give the id of what is endorsed. Raises: InputError, UnreadableError."""
    subjects = _vc.as_list(document.get("credentialSubject"))
    if len(subjects) != 1:
        raise _unfit(f"{len(subjects)} subjects", "one")
    return _vc.required(_vc.mapping(subjects[0], "credentialSubject"), "id")


def refuse_mixing(badge: Mapping[str, Any]) -> None:
    """Refuse a badge in which an embedded endorsement would say more of a thing than the badge does.

    In RDF two objects with one id are one object. An endorsement may speak of the id it endorses, in the
    members of ``EndorsementSubject`` alone; of any other it may only repeat.

    Raises: InputError (``endorsement-mixed``).
    """
    embedded: list[Mapping[str, Any]] = []
    known: dict[str, Mapping[str, Any]] = {}
    for node in _nodes(badge, embedded):
        known.setdefault(node["id"], node)
    for one in embedded:
        subject = _vc.as_list(one.get("credentialSubject"))[0]
        for node in _nodes(one, None):
            before = known.setdefault(node["id"], node)
            if before is node or (node is subject and node.keys() <= _OF_SUBJECT):
                continue
            if any(before.get(member) != value for member, value in node.items()):
                raise InputError(
                    f"An endorsement describes {node['id'][:200]} in words of its own.",
                    code="endorsement-mixed",
                    action="Ask for the endorsement as a signed token (JWT) and carry that.",
                    facts={"got": node["id"][:200]},
                )


def _nodes(value: object, apart: list[Mapping[str, Any]] | None) -> Iterator[Mapping[str, Any]]:
    """Give the objects with ids; with ``apart``, embedded endorsements go there instead."""
    if isinstance(value, Mapping):
        if isinstance(value.get("id"), str):
            yield value
        for name, member in value.items():
            if name == "endorsement" and apart is not None:
                apart += member
            else:
                yield from _nodes(member, apart)
    elif isinstance(value, list):
        for member in value:
            yield from _nodes(member, apart)


def _unfit(got: str, expected: str) -> InputError:
    return InputError(
        f"An endorsement cannot be carried: got {got[:200]!r}, expected {expected[:500]}.",
        code="endorsement-unfit",
        facts={"got": got[:200], "expected": expected[:500]},
    )
