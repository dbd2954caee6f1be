# SPDX-License-Identifier: Apache-2.0
"""Rescued badges as batches: of each kind one draft, which goes the way of every other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from gakusho.errors import InputError
from gakusho.issuer import achievement_json, achievements, batches, fields, hosted_badges
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.batches import BatchView
from gakusho.issuer.choices import Choices
from gakusho.issuer.compose import zone_of
from gakusho.issuer.institutions import InstitutionView, institution, issuer_of
from gakusho.issuer.offering import offered
from gakusho.issuer.rescue import Owner, Rescued
from gakusho.issuer.table import read_table
from gakusho.model.achievement import Achievement
from gakusho.model.award import Award, Evidence
from gakusho.model.learner import Learner, PersonName
from gakusho.store.work import Work

_USUAL = ("open-badges-3", "signed-pdf")


def owner_of(view: InstitutionView, further: Collection[str] = ()) -> Owner:
    """Give what was the institution's own: its website's host, what it hosts here, and ``further`` hosts.

    The host of this server is none of them, unless the institution is named by it: others may publish there.
    """
    hosts = {one.strip().lower() for one in further}
    hosts.add((urlsplit(view.url or "").hostname or "").lower())
    hosts -= {"", urlsplit(view.base_url).hostname}
    if view.did.startswith("did:web:") and view.did.count(":") == 2:
        hosts.add(view.did.removeprefix("did:web:").partition("%3A")[0].lower())
    profile = f"{hosted_badges.hosting(view.base_url, view.slug)}/issuer"
    return Owner(issuer=issuer_of(view), hosts=frozenset(hosts), profiles=frozenset({profile}))


def learners_of(table: bytes) -> list[Learner]:
    """Give whom a table with names and e-mail addresses names.

    Raises:
        UnreadableError, LimitError: it is no table.
        InputError: it has no such columns (``rescue-table``).
    """
    read = read_table(table)
    mapping = fields.guess_mapping(read.header)
    places = {field: read.header.index(column) for column, field in mapping.items()}
    if not {"name", "email"} <= places.keys():
        raise InputError(
            "The table of learners needs a column for the name and one for the e-mail address.",
            code="rescue-table",
            action="Name two columns name and email.",
            facts={"got": ", ".join(read.header)[:200], "expected": "name, email"},
        )
    found = ((cells[places["name"]].strip(), cells[places["email"]].strip()) for _, cells in read.rows)
    return [Learner(name=PersonName(full=name), email=email) for name, email in found if name and email]


def prepare(work: Work, actor: Actor, found: Sequence[Rescued]) -> list[BatchView]:
    """Give drafts, one for each achievement among what was rescued; nothing is signed or mailed.

    An achievement that the institution does not have yet is described as the badge does.

    Raises:
        ForbiddenError: the actor may not prepare.
        InputError, LimitError: what a badge says cannot be said in a credential of today.
    """
    require(actor, Role.PREPARE)
    own = offered(institution(work, actor.institution_id))
    formats = tuple(name for name in _USUAL if name in own) or own[:1]
    made = []
    for achievement, of_it in _by_achievement(found):
        batch = batches.create_from_rows(
            work,
            actor,
            achievement_id=_kept(work, actor, achievement),
            rows=[_row(one.award) for one in of_it],
            choices=Choices(formats=formats, document_kind="completion"),
            name=f"Open Badges 2.0: {achievement.name.best()}"[:200],
        )
        record(work, actor, "batch.rescue", batch.id, {"was": [one.was[:300] for one in of_it]})
        made.append(batch)
    return made


def check(rescued: Rescued) -> None:
    """Let pass what the institution can keep. Raises: InputError, LimitError naming what it cannot say."""
    achievement_json.check(_fit(rescued.award.achievement))


def _fit(achievement: Achievement) -> Achievement:
    """Give a badge's achievement without a picture that is too large to be kept."""
    if achievement.image is not None and len(achievement.image.data) > achievement_json.LARGEST_IMAGE:
        return replace(achievement, image=None)
    return achievement


def _by_achievement(found: Sequence[Rescued]) -> list[tuple[Achievement, list[Rescued]]]:
    grouped: dict[str, tuple[Achievement, list[Rescued]]] = {}
    for one in found:
        achievement = _fit(one.award.achievement)
        grouped.setdefault(achievement.id, (achievement, []))[1].append(one)
    return list(grouped.values())


def _kept(work: Work, actor: Actor, achievement: Achievement) -> str:
    for view in achievements.achievements(work, actor.institution_id):
        if view.achievement.id == achievement.id:
            return view.id
    return achievements.save(work, actor, achievement).id


def _row(award: Award) -> dict[str, str]:
    """Give the row of an award; its evidence stands in the remarks, since rows hold none."""
    said = [award.narrative or "", *(_words(one) for one in award.evidence)]
    zone = zone_of(award.issuer)  # a badge says a moment: midnight in Japan is the day before in UTC
    row = {
        "name": award.learner.name.full,
        "email": award.learner.email or "",
        "awarded_on": award.valid_from.astimezone(zone).date().isoformat(),
        "valid_until": award.valid_until.astimezone(zone).date().isoformat() if award.valid_until else "",
        "narrative": "\n".join(part for part in said if part),
    }
    return {name: value for name, value in row.items() if value}


def _words(evidence: Evidence) -> str:
    url = evidence.url if evidence.url and evidence.url not in (evidence.description or "") else None
    return " — ".join(dict.fromkeys(part for part in (evidence.name, evidence.description, url) if part))
