# SPDX-License-Identifier: Apache-2.0
"""Endorsements: given to what others award, and taken from others for what is awarded here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from gakusho.errors import ConflictError, GakushoError, InputError
from gakusho.fetch import MemoryFetcher
from gakusho.formats import Endorses, Sealing, format_named, formats, recognize
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award
from gakusho.model.endorsement import Endorsement
from gakusho.model.report import Outcome, Report
from gakusho.model.sealed import Sealed
from gakusho.verifier.verify import Inquiry

ENDORSEMENT = "EndorsementCredential"
LARGEST = 64 * 1024
"""Bytes of an endorsement that can be carried."""


def endorse(
    endorsement: Endorsement, *, form: str, sealing: Sealing, documents: Mapping[str, bytes]
) -> Sealed:
    """Give an endorsement sealed in a format, verified offline as a stranger would.

    ``documents`` holds, by address, what a verifier will fetch: the endorser's DID document and status list.

    Raises:
        UnknownFormatError: no format has the name.
        InputError: it says too little, or the format writes no endorsements (``no-endorsements``).
        ConflictError: what was sealed does not verify (``own-output``).
    """
    chosen: object = format_named(form)
    if not isinstance(chosen, Endorses):
        able = ", ".join(name for name, one in formats().items() if isinstance(one, Endorses))
        raise InputError(
            f"The format {form} writes no endorsements.",
            code="no-endorsements",
            action=f"Choose one of {able}.",
            facts={"got": form, "expected": able},
        )
    sealed = chosen.endorse(endorsement, sealing)
    fetcher = MemoryFetcher(documents, now=lambda: sealing.now, source="this server")
    report = Inquiry(now=sealing.now, fetcher=fetcher).verify(sealed.data)
    failing = [
        check
        for check in report.checks
        if check.outcome is not Outcome.VALID and check.code != "dates.valid-from"
    ]
    if failing or not report.checks:
        codes = ", ".join(f"{check.code} {check.outcome}" for check in failing)
        raise ConflictError(
            f"The endorsement does not verify: {codes}.",
            code="own-output",
            action="Check the institution's keys and published documents with `gakusho doctor`.",
            facts={"got": codes},
        )
    return sealed


def taken(data: bytes, *, of: str, verify: Callable[[bytes], Report]) -> bytes:
    """Give an endorsement as it is to be carried by what has the id ``of``, once ``verify`` found it valid.

    Raises:
        InputError: it is no endorsement, or one of something else (``endorsement-unfit``), or does not
            hold now (``endorsement-not-valid``).
    """
    text = data.strip()
    if len(text) > LARGEST:
        raise _unfit(f"{len(text)} bytes", f"at most {LARGEST} bytes")
    report = verify(text)
    said = report.credential
    if said is None or said.achievement.type != ENDORSEMENT:
        raise _unfit(said.achievement.type if said else "something else", ENDORSEMENT)
    if said.achievement.id != of:
        raise _unfit(said.achievement.id, of)
    if report.outcome is not Outcome.VALID:
        raise InputError(
            f"The endorsement cannot be taken: {report.headline.value}.",
            code="endorsement-not-valid",
            action="Ask the endorser for one that verifies.",
            facts={"got": report.headline.value},
        )
    return text


def with_endorsement(
    achievement: Achievement, data: bytes, *, verify: Callable[[bytes], Report]
) -> Achievement:
    """Give the achievement with one more endorsement, as ``taken`` takes it; the same one is kept once.

    Raises: InputError.
    """
    found = taken(data, of=achievement.id, verify=verify)
    return replace(achievement, endorsements=tuple(dict.fromkeys((*achievement.endorsements, found))))


def checked(
    achievement: Achievement, before: Achievement | None, *, verify: Callable[[bytes], Report]
) -> Achievement:
    """Give the achievement once each of its endorsements that is new was taken. Raises: InputError."""
    known = before.endorsements if before is not None else ()
    for one in achievement.endorsements:
        if one not in known:
            taken(one, of=achievement.id, verify=verify)
    return achievement


def summary(data: bytes) -> Award | None:
    """Give what an endorsement says, nothing of it checked; None when it cannot be read."""
    try:
        return recognize(data).read(data).award
    except GakushoError:
        return None


def _unfit(got: str, expected: str) -> InputError:
    return InputError(
        f"An endorsement cannot be carried: got {got[:200]!r}, expected {expected[:500]}.",
        code="endorsement-unfit",
        facts={"got": got[:200], "expected": expected[:500]},
    )
