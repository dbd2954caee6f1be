# SPDX-License-Identifier: Apache-2.0
"""What a document must be before it is secured as it stands. VC-JOSE-COSE 1.0, section 3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gakusho.errors import GakushoError, InputError
from gakusho.formats import _presentation, _vc, _vcdm
from gakusho.formats._contexts import contexts
from gakusho.proof._terms import KEYWORDS

_CREDENTIAL, _PRESENTATION = "VerifiableCredential", "VerifiablePresentation"


def is_presentation(document: Mapping[str, Any]) -> bool:
    """Tell whether the document is a presentation."""
    return _PRESENTATION in _vc.as_list(document.get("type"))


def refuse_unfit(document: Mapping[str, Any]) -> None:
    """Refuse what breaks the rules of the data model, or says something no context defines by name.

    A context with a vocabulary for every word (``@vocab``) makes a term of each slip of the pen; at the
    top level, where the data model names its members, it does not count.
    Raises: InputError, UndefinedTermError.
    """
    shows = is_presentation(document)
    broken = _vcdm.broken_presentation_rules(document) if shows else _vcdm.broken_rules(document)
    broken += [f"no context defines {name}" for name in undefined(document)]
    if shows:
        broken += unsecured(document)
    if "proof" in document:
        broken.append("it has a proof already")
    if broken:
        raise InputError(
            f"The document breaks the rules of its data model: {'; '.join(broken)}.",
            code="credential-rules",
            facts={"got": "; ".join(broken)[:1_000]},
        )


def refuse_selective(pointers: Sequence[str]) -> None:
    """Refuse to hold anything back, in a format that cannot. Raises: InputError."""
    if pointers:
        raise InputError(
            "This format can hold nothing back.",
            code="not-selective",
            action="Choose a format with selective disclosure.",
            facts={"got": ", ".join(pointers)[:200], "expected": "no parts"},
        )


def undefined(document: Mapping[str, Any]) -> list[str]:
    """Give the members at the top level that no context defines by name. Raises: UndefinedTermError."""
    active = contexts().active(document.get("@context"))
    types = {kind for kind in _vc.as_list(document.get("type")) if isinstance(kind, str)}
    scoped = tuple(sorted(k for k in types if k in active.terms and active.terms[k].scope is not None))
    terms = contexts().typed(active, scoped).terms
    return sorted(name for name in document if name not in terms and name not in KEYWORDS)


def unsecured(presentation: Mapping[str, Any]) -> list[str]:
    """Give what is wrong with the credentials shown: each must be in an envelope. VC-JOSE-COSE, 3.1.2."""
    broken = []
    for one in _vc.as_list(presentation.get("verifiableCredential")):
        if not isinstance(one, Mapping) or not _presentation.is_envelope(one):
            broken.append("a credential is in no envelope")
            continue
        try:
            _presentation.opened(one)
        except GakushoError as error:
            broken.append(str(error)[:300])
    return broken
