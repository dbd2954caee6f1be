# SPDX-License-Identifier: Apache-2.0
"""A batch whose issuing stopped says why and what to do, in the reader's language."""

from __future__ import annotations

import pytest
from tests.contract.web_console.test_batches import GOOD, upload
from tests.fakes.site import Site

from gakusho.errors import GakushoError, UnreachableError
from gakusho.issuer import issuing
from gakusho.issuer.access import Role
from gakusho.store.tables import Batch

FULL = UnreachableError("The database is full.", code="database-full", action="Make room on the disk.")
AWAY = UnreachableError("Nobody answered.", code="timestamp", action="It goes on by itself.")
FAULT = GakushoError("Issuing stopped: KeyError.")


@pytest.mark.parametrize(
    ("error", "language", "says", "is_silent_about"),
    [
        (
            FULL,
            "ja",
            "ディスクがいっぱいで、データベースに書き込めません。 ディスクに空きを",
            "The database is full",
        ),
        (FULL, "en", "The database is full. Make room on the disk.", "ディスク"),
        (FAULT, "ja", "詳細（英語）：Issuing stopped: KeyError.", "Try again"),
        (FAULT, "en", "Issuing stopped: KeyError. Try again", "Details"),
        (AWAY, "ja", "発行は待機中です", "発行が途中で止まりました"),
        (AWAY, "en", "It is tried again every minute", "Issuing stopped on the way"),
    ],
)
def test_why_issuing_stopped_is_told(
    site: Site, error: GakushoError, language: str, says: str, is_silent_about: str
) -> None:
    preparer = site.member(Role.PREPARE)
    address = upload(site, preparer, GOOD)
    with site.state.work() as work:
        batch = work.session.get(Batch, address.rsplit("/", 1)[1])
        assert batch is not None
        batch.state = "issuing"
        work.session.flush()
        issuing.fail(work, batch.id, error)
    page = preparer.get(f"{address}?lang={language}").text
    assert says in page
    assert is_silent_about not in page
