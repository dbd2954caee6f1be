# SPDX-License-Identifier: Apache-2.0
"""What the institution publishes: its DID document and its status lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gakusho.store.work import Work


def did_document(work: Work, institution_id: str) -> bytes:
    """Give the DID document, as JSON. Raises: NotFoundError."""
    raise NotImplementedError


def status_list(work: Work, list_id: str, purpose: str) -> bytes:
    """Give the signed status list for one purpose; made anew when a status changed or it is near expiry."""
    raise NotImplementedError


def document(work: Work, url: str) -> bytes | None:
    """Give what this server publishes under a URL, or None where the URL is not ours."""
    raise NotImplementedError


def documents_of(work: Work, award_ids: Sequence[str]) -> Mapping[str, bytes]:
    """Give everything needed to verify these awards offline, by URL."""
    raise NotImplementedError
