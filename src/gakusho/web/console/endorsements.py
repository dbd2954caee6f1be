# SPDX-License-Identifier: Apache-2.0
"""What others say of an achievement or of the institution, as the console's forms change and show it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from starlette.datastructures import FormData

from gakusho.issuer import endorsing
from gakusho.web.console import desk
from gakusho.web.state import State
from gakusho.web.verify.judge import judge_stranger


def changed(carried: Sequence[bytes], form: FormData, *, of: str, state: State) -> tuple[bytes, ...]:
    """Give the endorsements with one taken out, or with the one that was sent, once it was verified.

    Raises: InputError for what is no valid endorsement of the thing ``of``.
    """
    if removed := desk.text(form, "remove"):
        return tuple(one for one in carried if digest(one) != removed)
    sent = desk.upload(form, "endorsement", limit=endorsing.LARGEST)
    data = sent[1] if sent else desk.text(form, "pasted", limit=endorsing.LARGEST).encode()
    found = endorsing.taken(data, of=of, verify=lambda each: judge_stranger(state, each))
    return tuple(dict.fromkeys((*carried, found)))


def shown(carried: Sequence[bytes]) -> list[dict[str, str]]:
    """Give each endorsement's digest, who gave it and what it says."""
    found = []
    for one in carried:
        said = endorsing.summary(one)
        found.append(
            {
                "digest": digest(one),
                "endorser": (said.issuer.name.best("ja", "en") or said.issuer.id) if said else "",
                "comment": said.achievement.description.joined("\n") if said else "",
            }
        )
    return found


def digest(endorsement: bytes) -> str:
    """Give the SHA-256 by which the forms name an endorsement."""
    return hashlib.sha256(endorsement).hexdigest()
