# SPDX-License-Identifier: Apache-2.0
"""What verification found: checks, gathered into a report with one headline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gakusho.model.award import Award
from gakusho.model.signed_document import SignedDocument


class Outcome(StrEnum):
    """The three answers. A check that did not run is never ``VALID``."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


_INVALID, _UNKNOWN = Outcome.INVALID, Outcome.UNKNOWN


def combined(outcomes: Iterable[Outcome]) -> Outcome:
    """Give the outcome of all together: any invalid → invalid, else any unknown, or none at all → unknown."""
    found: Outcome | None = None
    for outcome in outcomes:
        if outcome is _INVALID:
            return outcome
        if found is None or outcome is _UNKNOWN:
            found = outcome
    return found or _UNKNOWN


class Headline(StrEnum):
    """The one line above a report; the values are the English words, stable for programs."""

    VALID = "Valid"
    EXPIRED = "Valid, but expired"
    NOT_YET_VALID = "Not valid yet"
    REPLACED = "Replaced by a newer one"
    SUSPENDED = "Suspended"
    REVOKED = "Revoked"
    NOT_GENUINE = "Not genuine"
    UNSIGNED = "Not signed"
    """A PDF without any signature, such as a scan: it does not show who made it."""
    LOCKED = "Signed and locked"
    """A document of somebody else's that its signature closes: no credential, so neither valid nor not."""
    NOT_LOCKED = "Signed, not locked"
    """A document of somebody else's whose signature permits changes."""
    NOT_CHECKED = "Could not be checked"

    @property
    def is_genuine(self) -> bool:
        """Whether an issuer's own signature stands behind the content, whatever became of it since."""
        return self not in {
            Headline.NOT_GENUINE,
            Headline.UNSIGNED,
            Headline.LOCKED,
            Headline.NOT_LOCKED,
            Headline.NOT_CHECKED,
        }


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    code: str
    """Stable, such as ``proof.signature``; ``verifier.sentences`` has its sentences by code and outcome."""
    outcome: Outcome
    facts: Mapping[str, str] = field(default_factory=dict)
    """What fills the sentence, by convention ``got``, ``expected``, ``reason``."""
    source: str | None = None
    """Where the answer came from: an address, ``the document itself``, a list."""
    time: datetime | None = None
    """When the source said so (UTC)."""

    def __init__(
        self,
        *,
        code: str,
        outcome: Outcome,
        facts: Mapping[str, str] | None = None,
        source: str | None = None,
        time: datetime | None = None,
    ) -> None:
        # many of these in every report: what is generated for a frozen class takes twice as long
        held = self.__dict__
        held["code"] = code
        held["outcome"] = outcome
        held["facts"] = {} if facts is None else facts
        held["source"] = source
        held["time"] = time


class Knowledge(StrEnum):
    """How it is known who the issuer is, from least to most; never merged into the outcome."""

    NOTHING = "nothing"
    KEY = "key"
    """Only that one key signed."""
    DOMAIN = "domain"
    """The key is published under a domain name."""
    ORGANISATION = "organisation"
    """A register or certificate names the organisation."""
    ACCREDITED = "accredited"
    ENTITLED = "entitled"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who the issuer is, and how that is known."""

    id: str
    name: str | None
    """As the credential itself says; shown in quotes until a register confirms it."""
    knowledge: Knowledge
    domain: str | None = None
    source: str | None = None
    time: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The answer to "is this genuine, and does it still hold?", with everything it rests on."""

    outcome: Outcome
    headline: Headline
    format: str | None
    issuer: Identity | None
    credential: Award | None
    """The signed content, in the model; nothing that was not signed stands here."""
    checks: tuple[Check, ...]
    verified_at: datetime
    input_digest: str
    """SHA-256 of the bytes given, hexadecimal."""
    carried: tuple[Report, ...] = ()
    """Reports on credentials carried inside (a badge attached to a PDF)."""
    document: SignedDocument | None = None
    """The signed document itself, where the format is one (a PDF)."""
    warnings: tuple[Check, ...] = ()
    """What a reader should look at twice, such as a name written to look like another; the outcome stands."""
