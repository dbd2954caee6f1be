# SPDX-License-Identifier: Apache-2.0
"""The learner's pages, assembled."""

from fastapi import APIRouter

from gakusho.web.wallet import apps, claim, consent, credentials, paper, parts, shares

router = APIRouter()
for part in (apps, claim, consent, credentials, paper, parts, shares):
    router.include_router(part.router)
