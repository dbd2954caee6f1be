# SPDX-License-Identifier: Apache-2.0
"""The public pages, assembled: no account is needed for any of them."""

from fastapi import APIRouter

from gakusho.web.verify import box, code, offline, paper, reports, shared

router = APIRouter()
for part in (box.router, code.router, paper.router, offline.router, shared.router, reports.router):
    router.include_router(part)
