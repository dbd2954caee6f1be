# SPDX-License-Identifier: Apache-2.0
"""The console's pages, assembled."""

from fastapi import APIRouter

from gakusho.web.console import (
    achievements,
    batch,
    batches,
    copies,
    document_key,
    kiosks,
    overview,
    paper_link,
    record,
    records,
    rescue,
    settings,
    signing,
    templates,
    tokens,
    wording,
)

router = APIRouter(include_in_schema=False)
PARTS = (
    *(overview, achievements, batches, batch, rescue, records, record, copies, paper_link),
    *(settings, signing, document_key, tokens, kiosks, wording, templates),
)
for part in PARTS:
    router.include_router(part.router)
