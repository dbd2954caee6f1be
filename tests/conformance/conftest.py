# SPDX-License-Identifier: Apache-2.0
"""A running application for the requirements that are held over HTTP; the network answers nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from tests.fakes.endpoint import Endpoint

from gakusho import settings as read_settings
from gakusho.web.app import build


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Give the real application, with the VC-API on."""
    folder = tmp_path_factory.mktemp("conformance")
    settings = read_settings.read({}, data=folder, vc_api=1, fetch=0, workers=0, mail="smtp://localhost")
    with TestClient(build(settings), base_url="https://localhost") as running:
        yield running


@pytest.fixture(scope="module")
def endpoint(client: TestClient) -> Endpoint:
    """Give the VC-API with the usual suite."""
    return Endpoint(client, {"cryptosuite": "eddsa-rdfc-2022", "keyType": "Ed25519"})
