# SPDX-License-Identifier: Apache-2.0
"""Answers for the addresses of our own institutions, without going through the network."""

from __future__ import annotations

from gakusho.errors import UnreachableError
from gakusho.fetch import Fetched
from gakusho.issuer import publication
from gakusho.store.work import Workplace
from gakusho.web.api import vc_api_status


class OwnFetcher:
    """What this server itself publishes: DID documents and status lists."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def fetch(self, url: str, *, max_bytes: int = 1_048_576) -> Fetched:
        """Give what is published at the address. Raises: UnreachableError when it is not ours."""
        with self._workplace.work() as work:
            data = publication.document(work, url) or vc_api_status.document(work, url)
            time = work.now
        if data is None:
            raise UnreachableError(f"{url} is not published here.", facts={"got": url})
        if len(data) > max_bytes:
            raise UnreachableError(f"{url} is larger than {max_bytes} bytes.", facts={"got": url})
        return Fetched(url=url, data=data, media_type="application/json", time=time, source="this server")
