# SPDX-License-Identifier: Apache-2.0
"""Whether the authority that certified the document key has revoked that since, looked for before signing.

Documents of B-LT and above carry the proof that it has not, so it is asked for there anyway. Below, a
certificate that is known to be revoked signs nothing either; one of which nothing can be learned now does.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta

from gakusho.errors import KeyMaterialError, UnreachableError
from gakusho.formats import Level, set_on_pages
from gakusho.issuer import _keys, _timestamping, batches, institutions
from gakusho.issuer._document_keys import method_of
from gakusho.issuer._revocation import RevocationSource
from gakusho.proof.keys import PublicKey
from gakusho.store.tables import Batch
from gakusho.store.work import Work, Workplace

_SECONDS = 5.0
"""For one answer: a batch that need not have it does not wait long."""
_AGAIN = timedelta(hours=1)
"""After which an authority that did not answer is asked again."""
_MAX_KEPT = 64
_silent: OrderedDict[tuple[bytes, ...], datetime] = OrderedDict()
_lock = threading.Lock()


def refuse_revoked(workplace: Workplace, batch_id: str) -> None:
    """Let pass a batch whose document key's certificates are not known to be revoked; no transaction is open.

    Raises: ConflictError (``certificate-revoked``).
    """
    with workplace.work(read_only=True) as work:
        chain, now = _to_be_asked(work, batch_id), work.now
    with _lock:
        since = _silent.get(chain)
    if not chain or (since and timedelta(0) <= now - since < _AGAIN):
        return
    services = replace(workplace.services, seconds=workplace.services.seconds or _SECONDS)
    try:
        RevocationSource.asking(now, {}, services).evidence(chain)
    except UnreachableError:
        with _lock:
            _silent[chain] = now
            while len(_silent) > _MAX_KEPT:
                _silent.popitem(last=False)


def _to_be_asked(work: Work, batch_id: str) -> tuple[bytes, ...]:
    """Give the certificates of others that sign the batch's documents below B-LT, else none."""
    batch = work.session.get(Batch, batch_id)
    if batch is None or not set_on_pages(batches.choices_of(batch).formats):
        return ()
    row = institutions.row_of(work.session, batch.institution_id)
    if Level(row.settings.get(_timestamping.LEVEL, Level.B_B)).lasts:
        return ()
    try:
        key = _keys.active(work.session, row.id, _keys.DOCUMENT)
    except KeyMaterialError:
        return ()  # told when it is signed with
    by_others = key.verification_method == method_of(row, PublicKey.from_multikey(key.public_multikey))
    return _keys.certificates(key) if by_others else ()
