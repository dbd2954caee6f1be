# SPDX-License-Identifier: Apache-2.0
"""The same request again gets the same answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from gakusho.errors import ConflictError, InputError
from gakusho.store.inserting import insert_if_absent
from gakusho.store.tables import IdempotencyKey
from gakusho.store.work import Work

_KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it is kept: a status and a JSON object."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)


def once(work: Work, institution_id: str, key: str, body_digest: str, run: Callable[[], Answer]) -> Answer:
    """Run a request the first time its key is seen, and give the kept answer every other time.

    The key, what ``run`` did and the answer are committed together, by the caller; a ``run`` that raises
    leaves no key behind. Requests with the same key at the same time wait for the first.

    Raises:
        ConflictError: ``idempotency-key-reused``: the key came before with another body.
        InputError: the key is empty, too long, or has other than visible ASCII characters.
    """
    if not _KEY.match(key):
        raise InputError(
            "The idempotency key cannot be used.",
            code="idempotency-key",
            facts={"got": key[:40], "expected": "1 to 200 visible ASCII characters"},
        )
    values = {
        "institution_id": institution_id,
        "key": key,
        "body_digest": body_digest,
        "created_at": work.now,
    }
    if insert_if_absent(work.session, IdempotencyKey, values):
        answer = run()
        work.session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.institution_id == institution_id, IdempotencyKey.key == key)
            .values(status=answer.status, answer=dict(answer.body))
        )
        return answer
    kept = work.session.get(IdempotencyKey, (institution_id, key), populate_existing=True)
    if kept is None or kept.body_digest != body_digest:
        raise ConflictError(
            "This idempotency key was used with another request.",
            code="idempotency-key-reused",
            action="Use a new key for a new request, and the same body for the same key.",
            facts={"got": body_digest[:12], "expected": kept.body_digest[:12] if kept else "none"},
        )
    return Answer(status=kept.status or 200, body=kept.answer or {})
