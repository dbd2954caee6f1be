# SPDX-License-Identifier: Apache-2.0
"""The same request again gets the same answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gakusho.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it is kept: a status and a JSON object."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)


def once(work: Work, institution_id: str, key: str, body_digest: str, run: Callable[[], Answer]) -> Answer:
    """Run a request the first time its key is seen, and give the kept answer every other time.

    The key, what ``run`` did and the answer are committed together, by the caller.

    Raises:
        ConflictError: ``idempotency-key-reused``: the key came before with another body.
    """
    raise NotImplementedError
