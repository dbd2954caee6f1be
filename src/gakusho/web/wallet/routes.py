# SPDX-License-Identifier: Apache-2.0
"""The learner's pages, assembled."""

from fastapi import APIRouter

from gakusho.web.wallet import claim, credentials, parts, shares

router = APIRouter()
for part in (claim.router, credentials.router, parts.router, shares.router):
    router.include_router(part)
