# SPDX-License-Identifier: Apache-2.0
"""Sign-in and account pages, assembled."""

from fastapi import APIRouter

from gakusho.web.auth import account, sign_in

router = APIRouter()
router.include_router(account.router)
router.include_router(sign_in.router)
