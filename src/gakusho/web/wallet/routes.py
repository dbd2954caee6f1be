# SPDX-License-Identifier: Apache-2.0
"""Routes."""

from fastapi import APIRouter

router = APIRouter()
