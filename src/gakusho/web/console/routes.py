# SPDX-License-Identifier: Apache-2.0
"""The console's pages, assembled."""

from fastapi import APIRouter

from gakusho.web.console import (
    achievements,
    batch,
    batches,
    copies,
    overview,
    record,
    records,
    rescue,
    settings,
    signing,
    tokens,
    wording,
)

router = APIRouter(include_in_schema=False)
PARTS = (
    *(overview, achievements, batches, batch, rescue, records, record, copies),
    *(settings, signing, tokens, wording),
)
for part in PARTS:
    router.include_router(part.router)
