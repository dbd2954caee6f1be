# SPDX-License-Identifier: Apache-2.0
"""From bytes to a report: whether a credential is genuine, and whether it still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache, partial

from gakusho import plugins
from gakusho.errors import GakushoError, LimitError, UnknownFormatError
from gakusho.fetch import Fetcher
from gakusho.formats import (
    NO_ANCHORS,
    Anchors,
    Asking,
    Carries,
    Enclosed,
    Format,
    Hosted,
    Reading,
    Recurs,
    formats,
    recognize,
)
from gakusho.model.award import Award
from gakusho.model.report import Check, Identity, Knowledge, Outcome, Report
from gakusho.proof.canonical import bounded_work
from gakusho.verifier import _status, _verdict, images
from gakusho.verifier._reach import Bounded, Elsewhere
from gakusho.verifier.directory import Directory
from gakusho.verifier.newest import NewestLists
from gakusho.verifier.own_words import lie_with_the_giver

MAX_BYTES = 64 * 1_048_576
MAX_CARRIED = 256
"""A transcript carries each of its courses as a credential."""
MAX_DEPTH = 3
_HERE = "the document itself"
_BESIDE = ("status.", "dates.", "carried.")
"""Checks that say nothing of whether a credential, by itself, is genuine and whole."""
_VALID = Outcome.VALID


def verify(
    data: bytes,
    *,
    now: datetime,
    fetcher: Fetcher,
    newest: NewestLists | None = None,
    anchors: Anchors = NO_ANCHORS,
) -> Report:
    """Give the report on a credential in any format, as of ``now`` (UTC); never raises for a bad one.

    With ``newest``, kept from one verification to the next, an old status list is not taken for today's.
    ``anchors`` are the authorities that are believed for times and signers of documents.
    """
    inquiry = Inquiry(now=now, fetcher=fetcher, newest=newest or NewestLists(), anchors=anchors)
    return inquiry.verify(data)


def verify_proof(data: bytes, *, now: datetime, fetcher: Fetcher) -> Report:
    """Give a report on form and proof alone: not on who the issuer is, dates or status."""
    return Inquiry(now=now, fetcher=fetcher, only_proof=True).verify(data)


def verify_familiar(data: bytes, *, now: datetime, fetcher: Fetcher) -> Report | None:
    """Give what ``verify`` gives of a credential that is genuine and like many before it, without reading it.

    None says nothing about the bytes. Never raises.
    """
    inquiry = Inquiry(now=now, fetcher=fetcher)
    with bounded_work():
        return _Verification(inquiry, data, 0).familiar()


@dataclass(kw_only=True)
class Inquiry:
    """Verifications at one moment, which ask for each DID document and each status list once.

    For one thread; any number of inputs, one after the other.
    """

    now: datetime
    fetcher: Fetcher
    only_proof: bool = False
    newest: NewestLists = field(default_factory=NewestLists)
    anchors: Anchors = NO_ANCHORS
    """The authorities that are believed for times and signers of documents."""
    reported: dict[bytes, Report] = field(default_factory=dict)
    """What this inquiry said of very bytes, to be said again where they stand inside something else.

    Whoever asks fills it, and empties it.
    """
    directory: Directory = field(init=False)
    lists: _status.Lists = field(init=False)
    asking: Asking = field(init=False)
    """What checking a format needs from outside."""
    _elsewhere: Elsewhere = field(init=False)
    _bounded: Bounded = field(init=False)

    def __post_init__(self) -> None:
        self._bounded = Bounded(self.fetcher)
        self.directory = Directory(fetcher=self._bounded, now=self.now)
        self._elsewhere = Elsewhere(self._bounded)
        self.asking = Asking(
            now=self.now,
            lookup=self.directory.method,
            fetch=self._elsewhere.fetch,
            anchors=self.anchors,
        )
        self.lists = _status.Lists(fetcher=self._bounded, asking=self.asking, newest=self.newest)

    def verify(self, data: bytes, *, depth: int = 0) -> Report:
        """Give the report on the bytes; ``depth`` is 0 unless they were inside something else."""
        if depth == 0:
            self._bounded.begin()
            self.directory.begin()
            self.lists.begin()
            self._elsewhere.begin()
        with bounded_work():
            return _Verification(self, data, depth).report()


class _Verification:
    """The steps for one input, in order; what each finds is gathered, and none of them raises."""

    def __init__(self, inquiry: Inquiry, data: bytes, depth: int) -> None:
        self._inquiry = inquiry
        self._given = data
        self._data = data
        self._depth = depth
        self._checks: list[Check] = []
        self._carried: list[Report] = []
        self._format: Format | None = None
        self._reading: Reading | None = None
        self._carries = False

    def report(self) -> Report:
        # 1. An image is no credential, but may hold one.
        # 2. One format says that it is its kind.
        # 3. The signed part is read; only what is read here is ever shown.
        # 4. The format looks at its proof, its rules, and whether the issuer's own key signed.
        # 5. Dates. 6. Status: only asked once all before is valid, so that a forger sends nobody anywhere.
        # 7. What is carried inside, each by itself.
        found = self.familiar()
        if found is not None:
            return found
        for code, step in (
            ("format.recognized", self._unbake),
            ("format.recognized", self._recognize),
            ("format.readable", self._read),
            ("format.checked", self._check_format),
            ("dates.checked", self._check_dates),
            ("status.checked", self._check_status),
            ("carried.checked", self._check_carried),
        ):
            if not self._guarded(code, step):
                break
        with suppress(Exception):  # a fault of ours in this says nothing about the credential
            self._remember()
        return self._gathered()

    def familiar(self) -> Report | None:
        """Give the report on a credential like many before it, taking the first four steps at once."""
        inside: Sequence[Enclosed] = ()
        with suppress(Exception):  # a fault of ours in this says nothing: the general way is to be gone
            for name, form in _recurring():
                found = form.familiar(self._data, self._inquiry.asking)
                if found is not None and not self._is_too_deep(found.carried):
                    self._format = formats()[name]
                    self._reading = found.reading
                    self._checks = [_recognized(name), _READABLE, *self._of_interest(found.checks)]
                    inside = found.carried
                    break
        if self._reading is None:
            return None
        self._guarded("dates.checked", self._check_dates)
        self._guarded("status.checked", self._check_status)
        if inside:
            self._guarded("carried.checked", partial(self._take_up, inside))
        return self._gathered()

    def _take_up(self, inside: Sequence[Enclosed]) -> bool:
        """Report on what is carried, of which all is found but dates."""
        alike: dict[object, Report] = {}
        for one in inside:
            award = one.award
            # All that a report says beside the award and the digest of the bytes follows from these.
            dates, said = (award.valid_from, award.valid_until), (award.issuer, award.learner)
            name = (one.format, id(one.checks), *dates, *map(id, said))
            like = alike.get(name)
            if like is None:
                alike[name] = report = self._taken_up(one)
            else:
                report = object.__new__(Report)
                digest = hashlib.sha256(one.data).hexdigest()
                report.__dict__.update(like.__dict__, credential=award, input_digest=digest)
            self._carried.append(report)
        self._checks.extend(_verdict.carried_checks(self._carried))
        return True

    def _taken_up(self, one: Enclosed) -> Report:
        carried = _Verification(self._inquiry, one.data, self._depth + 1)
        carried._format = formats()[one.format]
        carried._reading = Reading(award=one.award)
        carried._checks = [_recognized(one.format), _READABLE, *self._of_interest(one.checks)]
        carried._check_dates()
        return carried._gathered()

    def _is_too_deep(self, inside: Sequence[object]) -> bool:
        return len(inside) > MAX_CARRIED or (bool(inside) and self._depth >= MAX_DEPTH)

    def _remember(self) -> None:
        """Tell the format of a credential with which all is well but what is found elsewhere, or inside."""
        form = None if self._format is None else plugins.able(self._format, Recurs)
        if form is not None and self._data is self._given and not self._inquiry.only_proof:
            for check in self._checks:
                if check.outcome is not _VALID and not check.code.startswith(_BESIDE):
                    return
            form.remember(self._data, self._inquiry.asking)

    def _guarded(self, code: str, step: Callable[[], bool]) -> bool:
        try:
            return step()
        except GakushoError as error:
            facts = _told(error)
            # that a picture is larger than is looked at, or cannot be opened, makes nothing in it a forgery
            outcome = Outcome.UNKNOWN if error.code == _PICTURE else Outcome.INVALID
            self._say(code, outcome, **{**facts, "reason": error.code, "message": str(error)[:500]})
        except (RecursionError, MemoryError) as error:
            self._say(code, Outcome.INVALID, reason="limit", message=type(error).__name__)
        except Exception as error:  # noqa: BLE001  # a fault of ours says nothing about the credential
            self._say(code, Outcome.UNKNOWN, reason="failed", message=type(error).__name__)
        return code != "format.recognized"

    def _say(self, code: str, outcome: Outcome, **facts: str) -> None:
        self._checks.append(Check(code=code, outcome=outcome, facts=facts, source=_HERE))

    def _unbake(self) -> bool:
        if len(self._data) > MAX_BYTES:
            raise LimitError(f"The file has {len(self._data)} bytes; at most {MAX_BYTES} are looked at.")
        if self._data.startswith(b"{"):
            return True  # the usual case; no image begins so
        ways = list(images.ways_into(self._data))
        absent = None
        for code, take_out in ways:
            try:
                self._data = take_out(self._data)
            except GakushoError as error:
                if not error.code.endswith("no-credential"):
                    raise
                absent = error
            else:
                self._say(code, Outcome.VALID)
                return True
        if absent is not None:
            self._say("format.recognized", Outcome.UNKNOWN, reason=absent.code, **_told(absent))
        return not ways

    def _recognize(self) -> bool:
        try:
            self._format = recognize(self._data)
        except UnknownFormatError as error:
            self._say("format.recognized", Outcome.UNKNOWN, reason=error.code)
            return False
        self._carries = plugins.able(self._format, Carries) is not None
        self._checks.append(_recognized(self._format.name))
        return True

    def _read(self) -> bool:
        assert self._format is not None
        try:
            self._reading = self._read_by(self._format)
        except GakushoError as error:
            if not error.code.endswith("no-credential"):
                raise
            self._say("format.readable", Outcome.UNKNOWN, reason=error.code, message=str(error)[:500])
            return True
        self._checks.append(_READABLE)
        return True

    def _read_by(self, form: Format) -> Reading:
        hosted = plugins.able(form, Hosted)
        if hosted is not None:
            return hosted.read_hosted(self._data, self._inquiry.asking)
        return form.read(self._data)

    def _check_format(self) -> bool:
        assert self._format is not None
        try:
            found = self._format.checks(self._data, self._inquiry.asking)
        except GakushoError:
            if self._reading is not None:
                raise
            return True  # that it cannot be read is said already
        self._checks.extend(self._of_interest(found))
        if not found:
            self._say("format.checked", Outcome.UNKNOWN, reason="nothing")
        self._check_words()
        return True

    def _of_interest(self, found: list[Check]) -> list[Check]:
        if not self._inquiry.only_proof:
            return found
        return [check for check in found if check.code.startswith(("proof.", "format."))]

    def _check_words(self) -> None:
        """Say that what a document's own words mean lies with whoever hands it over. Decision 0012."""
        if self._inquiry.only_proof or self._reading is None:
            return
        if lie_with_the_giver(self._data, self._reading.claims):
            self._say("context.inline", Outcome.UNKNOWN)

    @property
    def _award(self) -> Award | None:
        """The award whose dates and status stand at this level; a carrier's stand with what it carries."""
        if self._reading is None or self._inquiry.only_proof or self._carries:
            return None
        return self._reading.award

    def _check_dates(self) -> bool:
        if self._award is not None:
            self._checks.extend(_verdict.date_checks(self._award, self._inquiry.now))
        return True

    def _check_status(self) -> bool:
        award = self._award
        if award is not None and self._reading is not None and self._reading.status:
            may_ask = self._is_genuine()
            for entry in self._reading.status:
                self._checks.append(self._inquiry.lists.check(entry, award.issuer.id, may_ask=may_ask))
        return True

    def _is_genuine(self) -> bool:
        """Tell whether all is well so far, but for dates, and words that lie with whoever hands it over."""
        for check in self._checks:
            if check.outcome is not _VALID and not check.code.startswith(("dates.", "context.")):
                return False
        return True

    def _check_carried(self) -> bool:
        if self._reading is None:
            return True
        inside = self._reading.carried
        if self._is_too_deep(inside):
            raise LimitError(f"More than {MAX_CARRIED} credentials inside, or {MAX_DEPTH} levels of them.")
        if not inside:
            return True
        for data in inside:
            known = self._inquiry.reported.get(data)
            report = known or self._inquiry.verify(data, depth=self._depth + 1)
            self._carried.append(report)
        self._checks.extend(_verdict.carried_checks(self._carried))
        return True

    def _gathered(self) -> Report:
        checks = tuple(self._checks)
        outcome, headline = _verdict.fold(checks, self._carried)
        return Report(
            outcome=outcome,
            headline=headline,
            format=self._format.name if self._format else None,
            issuer=self._identity(),
            credential=self._reading.award if self._reading else None,
            checks=checks,
            verified_at=self._inquiry.now,
            input_digest=hashlib.sha256(self._given).hexdigest(),
            carried=tuple(self._carried),
            document=images.signed_document(self._format, self._data, checks),
            warnings=images.warnings(self._format, self._reading) if self._reading else (),
        )

    def _identity(self) -> Identity | None:
        if self._reading is None:
            return None
        if self._carried and self._carries:
            return self._carried[0].issuer
        stated, name = self._reading.award.issuer, _name(self._reading.award)
        nobody = partial(Identity, id=stated.id, name=name)
        if not self._is_bound():
            return nobody(knowledge=Knowledge.NOTHING)
        if self._reading.domain is not None:
            return nobody(knowledge=Knowledge.DOMAIN, domain=self._reading.domain, source=stated.id)
        try:
            resolution = self._inquiry.directory.resolution(stated.id)
        except GakushoError:
            return nobody(knowledge=Knowledge.NOTHING)
        return nobody(
            knowledge=resolution.knowledge,
            domain=resolution.domain,
            source=resolution.source,
            time=resolution.time,
        )

    def _is_bound(self) -> bool:
        """Tell whether the issuer's own key signed, and no proof has anything wrong with it."""
        bound = False
        for check in self._checks:
            if check.code == "issuer.binding":
                bound = True
            elif not check.code.startswith("proof."):
                continue
            if check.outcome is not _VALID:
                return False
        return bound


def _told(error: GakushoError) -> dict[str, str]:
    return {name: str(value)[:500] for name, value in error.facts.items()}


@cache
def _recurring() -> tuple[tuple[str, Recurs], ...]:
    """Give the formats that know credentials again."""
    able = ((name, plugins.able(form, Recurs)) for name, form in formats().items())
    return tuple((name, form) for name, form in able if form is not None)


@lru_cache(maxsize=64)
def _recognized(name: str) -> Check:
    return Check(code="format.recognized", outcome=Outcome.VALID, facts={"got": name}, source=_HERE)


_PICTURE = "picture"
_READABLE = Check(code="format.readable", outcome=Outcome.VALID, source=_HERE)


def _name(award: Award) -> str | None:
    return award.issuer.name.best("ja", "en") or None
