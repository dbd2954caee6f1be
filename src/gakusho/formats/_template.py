# SPDX-License-Identifier: Apache-2.0
"""Badges of a batch: awards that differ only in what a row says share a template, compiled once.

Which strings of a credential follow from a row is stated here (``_varying``); that nothing else does is
tested when a template is compiled, by two made-up awards of the same shape, and again on the first badge and
a sample of every batch, which are written the general way too and must come out the same, byte for byte.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from gakusho.errors import ConflictError, InputError
from gakusho.formats import Sealing, _ob_write, _vc
from gakusho.formats._contexts import contexts
from gakusho.formats._ob_alignments import id_of as alignment_id
from gakusho.formats._ob_ids import derived, description_of, identity_hash, salt
from gakusho.formats._ob_results import line
from gakusho.model.award import Award, DocumentDetails, Evidence, Result, StatusEntry
from gakusho.model.learner import Learner, PersonName
from gakusho.proof import ProofOptions, Signer, json, multibase
from gakusho.proof._options import proof_members
from gakusho.proof.canonical_form import canonical_form
from gakusho.proof.template import (
    ESCAPED,
    CanonicalTemplate,
    Filling,
    JsonTemplate,
    compile_json,
    compile_template,
)

Written = tuple[bytes, tuple[str, ...]]
"""The credential's bytes, and what of the award it does not say."""

SUITE = "eddsa-rdfc-2022"
SAMPLE = 128
"""One badge in so many is written the general way too."""
FEWEST = 4
"""Fewer awards than this are not worth a template."""
MAX_FAMILIES = 8
MAX_SHAPES = 32

_ODD = re.compile(f"[{ESCAPED}\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""What is escaped or refused; a text with none of it needs no second look."""
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _others(kind: type, *varying: str) -> Callable[[Any], Hashable]:
    """Give a function from an object to the members that are not named: what must be the same."""
    names = [each.name for each in fields(kind) if each.name not in varying]
    return attrgetter(*names) if names else _nothing


def _nothing(_: object) -> tuple[()]:
    return ()


_same_award = _others(
    Award,
    *("id", "learner", "awarded_on", "valid_from", "valid_until", "issue_number"),
    *("results", "evidence", "narrative", "particulars", "status", "document"),
)
_same_learner = _others(Learner, "name", "email", "student_number", "birth_date")
_same_name = _others(PersonName, "full", "kana", "romaji", "former")
_same_result = _others(Result, "id", "name", "value", "credits", "term")
_same_evidence = _others(Evidence, "id", "name", "description", "url")
_same_status = _others(StatusEntry, "id", "index")


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    canonical: CanonicalTemplate
    text: JsonTemplate
    ids: tuple[int, ...]
    """Places of the values that are ids of nodes."""
    other_ids: frozenset[str]
    losses: tuple[str, ...]
    context: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Family:
    """The templates for one issuer and achievement; None: this shape has none."""

    same: Hashable
    shapes: dict[Hashable, _Template | None]


class BadgeWriter:
    """Writes the badges of awards, many of one kind quickly; keeps few templates from batch to batch."""

    def __init__(self) -> None:
        self._families: tuple[_Family, ...] = ()

    def write(self, awards: Sequence[Award], sealing: Sealing) -> list[Written]:
        """Give each award as a signed badge, with what it does not say.

        Raises: InputError when an award cannot be written; UndefinedTermError, TooComplexError;
        ConflictError (``template-differs``) when a template wrote what the general way does not.
        """
        key = sealing.credential_key
        usual = key.suite or _vc.USUAL_SUITES.get(key.signer.public_key.algorithm)
        if len(awards) < FEWEST or usual != SUITE or key.signer.public_key.algorithm != "Ed25519":
            return [general(award, sealing) for award in awards]
        batch = _Batch(self, sealing)
        return [batch.written(award) for award in awards]

    def family(self, award: Award) -> _Family:
        """Give the templates for awards like this one."""
        same = _same_award(award)
        for family in self._families:
            if family.same == same:
                return family
        family = _Family(same, {})
        self._families = (family, *self._families[: MAX_FAMILIES - 1])
        return family


def general(award: Award, sealing: Sealing) -> Written:
    """Give an award as a signed badge by way of its document and the general engine."""
    document = _vc.sealed(_ob_write.document(award), key=sealing.credential_key, now=sealing.now)
    return _vc.dumped(document), _ob_write.losses(award)


class _Batch:
    """One call's awards, their templates and the proof they share but for its value."""

    def __init__(self, writer: BadgeWriter, sealing: Sealing) -> None:
        self._writer = writer
        self._sealing = sealing
        self._signer: Signer = sealing.credential_key.signer
        self._family: _Family | None = None
        self._proofs: dict[tuple[str, ...], tuple[bytes, bytes]] = {}
        self._seen: Counter[Hashable] = Counter()
        self._compared: set[_Template] = set()

    def written(self, award: Award) -> Written:
        """Give one award's badge, by template if there is one that fits."""
        try:
            varying = _varying(award)
        except UnicodeEncodeError:
            varying = None
        if varying is None:
            return general(award, self._sealing)
        shape, values = varying
        family = self._family
        if family is None or _same_award(award) != family.same:
            family = self._family = self._writer.family(award)
            self._seen.clear()
        self._seen[shape] += 1
        if shape not in family.shapes:
            if self._seen[shape] < 2 or len(family.shapes) >= MAX_SHAPES:
                return general(award, self._sealing)
            family.shapes[shape] = _compiled(award)
        template = family.shapes[shape]
        written = None if template is None else self._filled(template, values)
        if template is None or written is None:
            return general(award, self._sealing)
        if template not in self._compared or zlib.crc32(award.id.encode()) % SAMPLE == 0:
            self._compare(award, template, written)
        return written

    def _filled(self, template: _Template, values: Sequence[str]) -> Written | None:
        """Give the badge; None where only the general way can tell what is to be done."""
        ids = [values[place] for place in template.ids]
        if len({*ids}) < len(ids) or not template.other_ids.isdisjoint(ids):
            return None
        try:
            escape = _ODD.search(joined := " ".join(values)) is not None
            if escape:
                _vc.refuse_unsafe(joined)
            filling = Filling(values, escape=escape)
            canonical = template.canonical.filled(filling)
            if canonical is None:
                return None
            options, before = self._proof(template.context)
            value = multibase.encode(self._signer.sign(options + hashlib.sha256(canonical).digest()))
            text = template.text.filled(filling)
            return b'%s%s%s"}}' % (text[:-1], before, value.encode()), template.losses
        except (InputError, UnicodeEncodeError):
            return None

    def _proof(self, context: tuple[str, ...]) -> tuple[bytes, bytes]:
        """Give the hash of the proof's options, and the proof's text up to its value."""
        found = self._proofs.get(context)
        if found is None:
            options = ProofOptions(
                verification_method=self._sealing.credential_key.verification_method,
                created=self._sealing.now,
            )
            proof = proof_members(SUITE, options)
            form = canonical_form({**proof, "@context": list(context)}, contexts())
            text = json.dumps(proof)[:-1]
            found = hashlib.sha256(form.encode()).digest(), b',"proof":%s,"proofValue":"' % text
            self._proofs[context] = found
        return found

    def _compare(self, award: Award, template: _Template, written: Written) -> None:
        self._compared.add(template)
        if written != general(award, self._sealing):
            raise ConflictError(
                f"The badge of {award.id} comes out differently by its template; nothing is kept.",
                code="template-differs",
                facts={"got": award.id},
            )


def _varying(award: Award) -> tuple[Hashable, list[str]] | None:
    """Give the award's shape, and the strings of its credential that follow from the row, in its order.

    None: the award is to go the general way.
    """
    base, learner = award.id, award.learner
    name = learner.name
    if not _URN.fullmatch(base) or not name.full or award.endorsements:
        return None
    values = [
        base,
        name.full,
        derived(base, "subject"),
        derived(base, "achievement/criteria"),
        derived(base, "issuer/address"),
        _moment(award.valid_from),
        f"{award.awarded_on.isoformat()}T12:00:00Z",
    ]
    optional = (
        name.kana,
        name.romaji,
        name.former,
        learner.student_number,
        learner.birth_date and learner.birth_date.isoformat(),
        award.issue_number,
        award.narrative,
        award.valid_until and _vc.written_time(award.valid_until),
    )
    values += [one for one in optional if one]
    if learner.email:
        salted = salt(base)
        values += [salted, identity_hash(learner.email, salted)]
    shape = (
        tuple([bool(one) for one in optional]),
        bool(learner.email),
        award.document == _NO_DOCUMENT,
        _same_learner(learner),
        _same_name(name),
        tuple([_of_result(place, one, values) for place, one in enumerate(award.results, start=1)]),
        tuple([_of_evidence(one, values) for one in award.evidence]) if award.evidence else (),
        tuple([_of_status(one, values) for one in award.status]),
    )
    return shape, values


_NO_DOCUMENT = DocumentDetails()
_moment = lru_cache(maxsize=64)(_vc.written_time)  # a class is awarded in one moment


def _of_result(place: int, result: Result, values: list[str]) -> Hashable:
    says_more = result.credits is not None or result.term is not None
    values += (result.id, result.name, result.value)
    if says_more:
        values.append(line(place, result))
    if result.description_id is None:
        values.append(description_of(result.id))
    for number in range(1, len(result.alignments) + 1):
        values.append(alignment_id(result.id, number))
    return says_more, _same_result(result)


def _of_evidence(evidence: Evidence, values: list[str]) -> Hashable:
    optional = (evidence.name, evidence.description)
    values.append(evidence.url or evidence.id)
    values += [one for one in optional if one]
    has_other_id = bool(evidence.url) and evidence.url != evidence.id
    return tuple([bool(one) for one in optional]), has_other_id, _same_evidence(evidence)


def _of_status(entry: StatusEntry, values: list[str]) -> Hashable:
    values.append(entry.id)
    if entry.index >= 0:
        values.append(str(entry.index))
    return entry.index >= 0, _same_status(entry)


# --- compiling --------------------------------------------------------------------------------------


def _compiled(award: Award) -> _Template | None:
    """Give the template for awards of this one's shape, or None when something else follows from a row."""
    one, other = _made_up(award, 1), _made_up(award, 2)
    first, second = _varying(one), _varying(other)
    if first is None or second is None or first[0] != second[0]:
        return None
    slots = first[1]
    document, compared = _ob_write.document(one), _ob_write.document(other)
    context = document["@context"]
    if len({*slots}) < len(slots) or not all(isinstance(each, str) for each in context):
        return None
    canonical = compile_template(document, slots, contexts())
    text, check = compile_json(document, slots), compile_json(compared, second[1])
    if (
        canonical is None
        or text is None
        or check is None
        or text.filled(Filling(slots)) != check.filled(Filling(slots))
    ):
        return None
    ids = dict.fromkeys(_ob_write.node_ids(document))
    places = {slot: place for place, slot in enumerate(slots)}
    return _Template(
        canonical=canonical,
        text=text,
        ids=tuple(places[each] for each in ids if each in places),
        other_ids=frozenset(each for each in ids if each not in places),
        losses=_ob_write.losses(award),
        context=tuple(context),
    )


def _made_up(award: Award, number: int) -> Award:
    """Give an award of the same shape in which every string that follows from a row is another."""
    made = _MadeUp(number)
    learner = award.learner
    name = learner.name
    return replace(
        award,
        id=made.urn(),
        learner=replace(
            learner,
            name=replace(
                name,
                full=made.text("full"),
                kana=name.kana and made.text("kana"),
                romaji=name.romaji and made.text("romaji"),
                former=name.former and made.text("former"),
            ),
            email=learner.email and made.text("email"),
            student_number=learner.student_number and made.text("student"),
            birth_date=learner.birth_date and made.day(),
        ),
        awarded_on=made.day(),
        valid_from=made.moment(),
        valid_until=award.valid_until and made.moment(),
        issue_number=award.issue_number and made.text("number"),
        narrative=award.narrative and made.text("narrative"),
        results=tuple(made.result(each) for each in award.results),
        evidence=tuple(made.evidence(each) for each in award.evidence),
        status=tuple(
            replace(each, id=made.urn(), index=made.index() if each.index >= 0 else each.index)
            for each in award.status
        ),
    )


class _MadeUp:
    """Strings that stand nowhere else, no two of them alike, no one within another."""

    def __init__(self, number: int) -> None:
        self._series = number
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def text(self, kind: str) -> str:
        return f"made-up {self._series} {kind} {self._next():06}"

    def urn(self) -> str:
        return f"urn:uuid:{self._series:08x}-0000-4000-8000-9d1e{self._next():08x}"

    def index(self) -> int:
        return 900_000_000 + self._series * 1_000_000 + self._next()

    def day(self) -> date:
        return date.fromordinal(self._series * 36_525 + self._next())

    def moment(self) -> datetime:
        return datetime.fromordinal(self.day().toordinal()).replace(hour=1 + self._series, tzinfo=UTC)

    def result(self, result: Result) -> Result:
        return replace(
            result,
            id=self.urn(),
            name=self.text("name"),
            value=self.text("value"),
            credits=None if result.credits is None else self.text("credits"),
            term=None if result.term is None else self.text("term"),
        )

    def evidence(self, evidence: Evidence) -> Evidence:
        own = self.urn()
        url = evidence.url and (own if evidence.url == evidence.id else self.urn())
        return replace(
            evidence,
            id=own,
            url=url,
            name=evidence.name and self.text("name"),
            description=evidence.description and self.text("description"),
        )
