# SPDX-License-Identifier: Apache-2.0
"""Documents that are to last: raised to the level asked for, and extended before their proof runs out.

A step takes some documents of one institution, asks with no transaction open, verifies what came of it as a
stranger would, and keeps each by itself: whatever stops it, every document is as it was or has its update.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update

from gakusho.errors import GakushoError, NotFoundError, SettingsError, UnreachableError
from gakusho.formats import Lasts, Lengthens, Level
from gakusho.issuer import _lasting, _timestamping, publication
from gakusho.issuer._lasting import Bytes
from gakusho.issuer.access import record
from gakusho.issuer.issue import own_output, unverified
from gakusho.model.report import Check, Outcome
from gakusho.model.sealed import Sealed
from gakusho.store.files import Files
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables import AwardRow, Institution, SealedRow
from gakusho.store.tables_documents import Archive, DocumentRevision, LastingDocument
from gakusho.store.work import Work, Workplace

STEP = 25
"""Documents of one step; it ends between two of them when the server stops."""
MARGIN, ENDS = "archive_margin_days", "algorithm_ends"
"""The names of two settings: days before the end, and until when algorithms are held to be strong."""
MARGIN_DAYS = 90
LIVING = ("active", "suspended")
"""States of awards whose documents are kept up; one that is revoked or replaced is not believed anyway."""
_IN_TABLE = 32_768
_TAKEN, _AWAY, _ODD = timedelta(minutes=10), timedelta(minutes=5), timedelta(days=1)
_UNPROVEN = timedelta(hours=1)
"""After which a document is tried again whose revocation data could not be had."""
_SOON = timedelta(days=14)
"""Time-stamps that end within this time come before anything else."""


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    """A document that was taken, not read yet."""

    award_id: str
    format: str
    asked: Level
    level: Level
    file: str | None
    data: bytes | None
    """Small ones are in the table."""
    media_type: str
    extension: str
    lapsed: bool
    """Its newest time-stamp's certificate ran out already."""

    def read(self, files: Files) -> _Taken:
        """Give it with its bytes.

        Raises: GakushoError (``archive-file``) when they are gone or damaged; UnreachableError when where
        files are kept cannot be read.
        """
        try:
            data = self.data if self.data is not None else files.get(self.file or "")
        except NotFoundError as error:
            raise _no_file(str(error)) from error
        except UnreachableError as error:
            if error.code == "file-damaged":
                raise _no_file(str(error)) from error
            raise
        return _Taken(**{**vars(self), "data": data, "digest": hashlib.sha256(data).hexdigest()})


def _no_file(reason: str) -> GakushoError:
    return GakushoError(
        f"The file of the document is not there, or damaged: {reason}",
        code="archive-file",
        action="Restore it from the backup: its name is its SHA-256.",
        facts={"reason": reason},
    )


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """A document on its way."""

    award_id: str
    format: str
    asked: Level
    level: Level
    file: str | None
    digest: str
    data: bytes
    media_type: str
    extension: str
    lapsed: bool


def is_due(work: Work) -> bool:
    """Tell whether a document is to be raised or extended now."""
    return _next(work) is not None


def lengthen_some(workplace: Workplace, stopping: Callable[[], bool]) -> int:
    """Raise and extend the next documents and give how many were looked at; 0: none is due.

    Whatever goes wrong is written down, at the document or at the institution, and tried again later.
    """
    with workplace.work(read_only=True) as work:  # it goes through all documents: nobody waits for that
        institution_id = _next(work)
        if institution_id is None:
            return 0
        wanted = most_urgent(work, institution_id)
    with workplace.work() as work:
        taken = _take(work, institution_id, wanted)
    done: list[str] = []
    raised = 0
    try:
        with workplace.work() as work:
            lengthens = _means(work, institution_id)
        for one in taken:  # read one by one: a step holds one document in memory, not all
            if stopping():
                break
            raised += _lengthened(workplace, one, lengthens)
            done.append(one.award_id)
    except GakushoError as error:  # of the authority or the server, not of one document
        with workplace.work() as work:
            _set_aside(work, institution_id, error)
    else:
        with workplace.work() as work:
            _went_well(work, institution_id)
    with workplace.work() as work:
        _give_back(work, [one for one in taken if one.award_id not in done])
        if raised:
            detail = {"institution_id": institution_id, "count": raised}
            record(work, None, "archive.lengthen", institution_id, detail)
    return len(taken)


# --- what is due ------------------------------------------------------------------------------------


def margin(settings: Mapping[str, Any]) -> timedelta:
    """Give how long before the end of a time-stamp's certificate or algorithm the next one is made."""
    return timedelta(days=int(settings.get(MARGIN, MARGIN_DAYS)))


def algorithm_ends(settings: Mapping[str, Any]) -> dict[str, date]:
    """Give until when algorithms are held to be strong, by name; one that is not there has no end yet."""
    own = {name: date.fromisoformat(day) for name, day in dict(settings.get(ENDS, {})).items()}
    return {**_lasting.RUNNING_OUT, **own}


def to_raise() -> ColumnElement[bool]:
    """Give the condition for documents below the level that was asked for."""
    return LastingDocument.level != LastingDocument.asked


def to_extend(settings: Mapping[str, Any], now: datetime) -> ColumnElement[bool]:
    """Give the condition for archived documents whose newest time-stamp comes to its end.

    One made since the margin began is left alone: the authority has nothing better yet.
    """
    early = margin(settings)
    ending = and_(LastingDocument.ends <= now + early, LastingDocument.half_at <= now)
    weak = [
        and_(
            LastingDocument.algorithms.contains(f" {name} ", autoescape=True),
            LastingDocument.stamped_at < begins,
        )
        for name, day in algorithm_ends(settings).items()
        if (begins := datetime.combine(day, time(), UTC) - early) <= now
    ]
    return and_(
        LastingDocument.level == str(Level.B_LTA), LastingDocument.ends.is_not(None), or_(ending, *weak)
    )


def living(institution_id: str) -> Select[LastingDocument]:
    """Select the documents of awards that hold or may hold again."""
    return (
        select(LastingDocument)
        .join(AwardRow, AwardRow.id == LastingDocument.award_id)
        .where(LastingDocument.institution_id == institution_id, AwardRow.state.in_(LIVING))
    )


def due(institution: Institution, now: datetime) -> Select[LastingDocument]:
    """Select the documents of an institution that are to be raised or extended now."""
    may = or_(LastingDocument.try_at.is_(None), LastingDocument.try_at <= now)
    wanted = or_(to_raise(), to_extend(institution.settings, now))
    return living(institution.id).where(may, wanted)


def _next(work: Work) -> str | None:
    """Give the institution whose turn it is, the one first that waits longest."""
    held = (
        select(Institution)
        .outerjoin(Archive, Archive.institution_id == Institution.id)
        .where(
            exists().where(LastingDocument.institution_id == Institution.id),
            or_(Archive.try_at.is_(None), Archive.try_at <= work.now),
        )
        .order_by(func.coalesce(Archive.tried_at, Institution.created_at), Institution.id)
    )
    for row in work.session.scalars(held).all():
        if work.session.scalar(due(row, work.now).with_only_columns(LastingDocument.award_id).limit(1)):
            return row.id
    return None


# --- one step ---------------------------------------------------------------------------------------


def most_urgent(work: Work, institution_id: str) -> list[tuple[str, str]]:
    """Give the documents of the next step, by award and format.

    What could not be helped when it was tried comes last, so that it holds up nothing. Before it comes what
    ends soon, then what learners wait for, what ends later, and what ended already.
    """
    institution = work.session.get(Institution, institution_id)
    assert institution is not None
    ends, untried = LastingDocument.ends, LastingDocument.problem.is_(None)
    columns = LastingDocument.award_id, LastingDocument.format
    found: list[tuple[str, str]] = []
    for group in (  # one after the other: sorting a hundred thousand for the sake of a few takes seconds
        and_(untried, ends > work.now, ends <= work.now + _SOON),
        and_(untried, to_raise(), or_(ends.is_(None), ends > work.now + _SOON)),
        and_(untried, ends > work.now + _SOON, ~to_raise()),
        and_(untried, ends <= work.now),
        ~untried,
    ):
        ordered = due(institution, work.now).where(group).order_by(ends).limit(STEP - len(found))
        found += [(one[0], one[1]) for one in work.session.execute(ordered.with_only_columns(*columns))]
        if len(found) >= STEP:
            break
    return found


def _take(work: Work, institution_id: str, wanted: Sequence[tuple[str, str]]) -> list[_Waiting]:
    """Take these documents, so that nobody else does; a process that dies holds them ten minutes."""
    institution = work.session.get(Institution, institution_id)
    assert institution is not None
    named = LastingDocument.award_id.in_([award_id for award_id, _ in wanted])
    still = due(institution, work.now).where(named)
    locked = work.session.scalars(still.with_for_update(of=LastingDocument, skip_locked=True)).all()
    by_key = {(row.award_id, row.format): row for row in locked}
    rows = [by_key[key] for key in wanted if key in by_key]
    taken = []
    for row in rows:
        sealed = work.session.get(SealedRow, (row.award_id, row.format), populate_existing=True)
        row.try_at = work.now + _TAKEN
        if sealed is None:
            continue
        taken.append(
            _Waiting(
                award_id=row.award_id,
                format=row.format,
                asked=Level(row.asked),
                level=Level(row.level),
                file=sealed.file,
                data=sealed.data,
                media_type=sealed.media_type,
                extension=sealed.extension,
                lapsed=row.ends is not None and row.ends <= work.now,
            )
        )
    _tried(work, institution_id)
    return taken


def _means(work: Work, institution_id: str) -> Mapping[str, Lengthens]:
    """Give what adds proof, by format. Raises: SettingsError without an authority; LockedKeyError."""
    institution = work.session.get(Institution, institution_id)
    assert institution is not None
    timestamper = _timestamping.timestamper(work, institution)
    if timestamper is None:
        raise SettingsError(
            "Documents are to be kept, but no time-stamping authority is chosen.",
            code="archive-authority",
            action="Choose a time-stamping authority on the page of documents' signatures.",
        )
    revocations = _timestamping.revocations(work, institution)
    return _Means(lambda form: form.lengthening(timestamper, revocations))


class _Means(dict[str, Lengthens]):
    """What adds proof, made for a format once it is asked for: a step's documents share what it asked."""

    def __init__(self, make: Callable[[Lasts], Lengthens]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> Lengthens:
        form = _lasting.of_levels(name)
        if form is None:
            raise SettingsError(f"Nothing here writes {name}.", code="archive-format", facts={"got": name})
        self[name] = self._make(form)
        return self[name]


def _lengthened(workplace: Workplace, waiting: _Waiting, means: Mapping[str, Lengthens]) -> bool:
    """Tell whether the document was raised or extended; what is wrong with it alone is written down.

    Raises: UnreachableError, SettingsError: what would stop every other one too. Revocation data may be away
    for documents of one authority and there for those of another, so they stop no other.
    """
    try:
        one = waiting.read(workplace.files)
        rises = one.level is not one.asked
        data = _grown(one, means[one.format])
        account = _lasting.bytes_of(data, one.format, one.asked if rises else one.level)
        with workplace.work() as work:  # no reader only: a list that is out of date is signed anew
            documents = publication.documents_of(work, [one.award_id])
            now = work.now
        _refuse_worse(one, data, documents, now)
        file = workplace.files.put(data) if len(data) > _IN_TABLE else None
    except (UnreachableError, SettingsError) as error:
        if error.code != "revocation":
            raise
        _odd(workplace, waiting, error, _UNPROVEN)
        return False
    except GakushoError as error:
        _odd(workplace, waiting, error)
        return False
    except Exception as error:  # noqa: BLE001 - one document must not stop the others
        _odd(workplace, waiting, GakushoError(f"Keeping it stopped: {type(error).__name__}."))
        return False
    with workplace.work() as work:
        return _keep(work, one, data, file, account)


def _grown(one: _Taken, lengthens: Lengthens) -> bytes:
    if one.level is not one.asked:
        return lengthens.raised(one.data, one.asked)
    if one.lapsed:
        raise GakushoError(
            "The certificate of its newest time-stamp ran out before the next one was made.",
            code="archive-lapsed",
            action="Issue the award anew, or keep the document as it is: a new time-stamp helps no more.",
        )
    return lengthens.extended(one.data)


def _refuse_worse(one: _Taken, data: bytes, documents: Mapping[str, bytes], now: datetime) -> None:
    """Let pass what verifies as a stranger would, or at least not worse than the bytes it grew from.

    Years later its signer's certificate may have run out, and whom a stranger trusts for time is not known
    here: what is unknown then may stay unknown. That an award is suspended says nothing about the bytes.
    """
    if not data.startswith(one.data):
        raise GakushoError("What was signed would not be its beginning.", code="archive-prefix")
    made = Sealed(
        award_id=f"urn:uuid:{one.award_id}",
        format=one.format,
        media_type=one.media_type,
        extension=one.extension,
        data=data,
    )
    failing = _failing(made, documents, now)
    if not failing:
        return
    before = {check.code for check in _failing(replace(made, data=one.data), documents, now)}
    if any(check.outcome is Outcome.INVALID or check.code not in before for check in failing):
        raise own_output(made, failing)


def _failing(made: Sealed, documents: Mapping[str, bytes], now: datetime) -> list[Check]:
    found = [check for _, checks in unverified([made], now=now, documents=documents) for check in checks]
    return [check for check in found if not check.code.startswith("status.")]


def _keep(work: Work, one: _Taken, data: bytes, file: str | None, account: Bytes) -> bool:
    """Keep the new bytes, unless others came first."""
    key = (one.award_id, one.format)
    row = work.session.get(LastingDocument, key, with_for_update=True, populate_existing=True)
    sealed = work.session.get(SealedRow, key, with_for_update=True, populate_existing=True)
    if row is None or sealed is None or _digest(sealed) != one.digest:
        return False
    revisions = DocumentRevision.award_id == one.award_id, DocumentRevision.format == one.format
    number = work.session.scalar(select(func.max(DocumentRevision.number)).where(*revisions)) or 0
    if not number:
        before = Bytes(format=one.format, level=one.level, digest=one.digest, size=len(one.data))
        work.session.add(revision(one.award_id, before, 1, sealed.created_at))
        number = 1
    work.session.add(revision(one.award_id, account, number + 1, work.now))
    sealed.file, sealed.data, sealed.size = file, None if file else data, len(data)
    for name, value in account.columns().items():
        setattr(row, name, value)
    row.problem, row.try_at, row.changed_at = None, None, work.now
    archive = _archive(work, row.institution_id)
    if one.level is one.asked:
        archive.extended += 1
    else:
        archive.raised += 1
    work.session.flush()
    return True


def revision(award_id: str, account: Bytes, number: int, at: datetime) -> DocumentRevision:
    """Give the row that remembers a document's bytes."""
    return DocumentRevision(
        award_id=award_id,
        format=account.format,
        number=number,
        level=str(account.level),
        digest=account.digest,
        size=account.size,
        made_at=at,
    )


def _digest(sealed: SealedRow) -> str:
    return sealed.file or hashlib.sha256(sealed.data or b"").hexdigest()


# --- what went wrong --------------------------------------------------------------------------------


def _archive(work: Work, institution_id: str) -> Archive:
    values = {"institution_id": institution_id, "raised": 0, "extended": 0}
    found = work.session.get(Archive, institution_id, with_for_update=True, populate_existing=True)
    if found is None:
        insert_if_absent(work.session, Archive, values)
        found = work.session.get(Archive, institution_id, with_for_update=True, populate_existing=True)
    assert found is not None
    return found


def _tried(work: Work, institution_id: str) -> None:
    _archive(work, institution_id).tried_at = work.now


def _went_well(work: Work, institution_id: str) -> None:
    archive = _archive(work, institution_id)
    archive.problem, archive.try_at = None, None


def _set_aside(work: Work, institution_id: str, error: GakushoError) -> None:
    """Leave the institution's documents for some minutes; that it stopped is in the log once."""
    archive = _archive(work, institution_id)
    if archive.problem is None:
        detail = {"institution_id": institution_id, "code": error.code}
        record(work, None, "archive.stopped", institution_id, detail)
    archive.problem, archive.try_at = told(error, work.now), work.now + _AWAY


def set_aside(work: Work, institution_id: str, error: GakushoError) -> None:
    """Remember that the authority was away, so that the next documents do not wait for it again."""
    _set_aside(work, institution_id, error)


def try_again(work: Work, institution_id: str) -> None:
    """Look at every document of the institution again, whatever went wrong before."""
    archive = _archive(work, institution_id)
    archive.try_at = None
    work.session.execute(
        update(LastingDocument)
        .where(LastingDocument.institution_id == institution_id, LastingDocument.problem.is_not(None))
        .values(try_at=None)
        .execution_options(synchronize_session=False)
    )


def _odd(workplace: Workplace, one: _Waiting, error: GakushoError, wait: timedelta = _ODD) -> None:
    with workplace.work() as work:
        row = work.session.get(LastingDocument, (one.award_id, one.format), with_for_update=True)
        if row is not None:
            row.problem, row.try_at = told(error, work.now), work.now + wait


def told(error: GakushoError, now: datetime) -> dict[str, str]:
    """Give an error as it is kept."""
    return {
        "code": error.code,
        "message": str(error)[:1000],
        "action": error.action,
        "at": now.isoformat(timespec="seconds"),
    }


def _give_back(work: Work, taken: Sequence[_Waiting]) -> None:
    if taken:
        work.session.execute(
            update(LastingDocument)
            .where(LastingDocument.award_id.in_([one.award_id for one in taken]))
            .values(try_at=None)
            .execution_options(synchronize_session=False)
        )
