# SPDX-License-Identifier: Apache-2.0
"""The institution's word on what others award, and others' word on the institution."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime

from gakusho.errors import LimitError, NotFoundError
from gakusho.issuer import endorsing, publication
from gakusho.issuer.access import Actor, Role, record, require
from gakusho.issuer.institutions import institution, issuer_of, sealing
from gakusho.model.endorsement import Endorsement
from gakusho.model.sealed import Sealed
from gakusho.store.tables import Institution
from gakusho.store.work import Work

MOST_OF_ISSUER = 4
"""Endorsements of the institution itself that its credentials carry."""


def give(
    work: Work,
    actor: Actor,
    *,
    endorsed_id: str,
    comment: str,
    form: str,
    valid_until: datetime | None = None,
) -> Sealed:
    """Give an endorsement signed in the institution's name, verified; that it was given is recorded.

    Raises:
        ForbiddenError: the actor may not approve.
        InputError: it says too little or too much, or the format writes no endorsements.
        UnknownFormatError, ConflictError when it does not verify.
    """
    require(actor, Role.APPROVE)
    made = Endorsement(
        id=uuid.uuid4().urn,
        endorser=issuer_of(institution(work, actor.institution_id)),
        endorsed_id=endorsed_id,
        comment=comment,
        valid_from=work.now.replace(microsecond=0),
        valid_until=valid_until,
    )
    sealed = endorsing.endorse(
        made,
        form=form,
        sealing=sealing(work, actor.institution_id, verification_link=lambda _: None),
        documents=publication.documents_for(work, actor.institution_id, []),
    )
    detail = {"endorsed": endorsed_id[:300], "sha256": hashlib.sha256(sealed.data).hexdigest()}
    record(work, actor, "endorsement.give", made.id, detail)
    return sealed


def change_of_issuer(work: Work, actor: Actor, endorsements: Sequence[bytes]) -> None:
    """Carry these endorsements of the institution from now on; each was verified (``endorsing.taken``).

    Raises: ForbiddenError, LimitError.
    """
    require(actor, Role.ADMINISTER)
    if len(endorsements) > MOST_OF_ISSUER:
        raise LimitError(
            f"At most {MOST_OF_ISSUER} endorsements of the institution are carried.",
            code="endorsements-limit",
            facts={"got": len(endorsements), "expected": MOST_OF_ISSUER},
        )
    row = work.session.get(Institution, actor.institution_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("There is no such institution.")
    kept = [one.decode("utf-8") for one in dict.fromkeys(endorsements)]
    row.settings = {**row.settings, "endorsements": kept}
    record(work, actor, "institution.endorsements", row.id, {"count": len(kept)})
    work.session.flush()
