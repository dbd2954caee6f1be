# SPDX-License-Identifier: Apache-2.0
"""A context that is an object is noticed wherever it stands, however it is written."""

from __future__ import annotations

import pytest

from gakusho.verifier.own_words import may_write_contexts

ADDRESS = '"@context": ["https://a.example/1", "https://b.example/2"]'


@pytest.mark.parametrize(
    "text",
    [
        '{"@context": [{"name": "https://x.example/"}]}',
        '{"@context": {"name": "https://x.example/"}}',
        f'{{{ADDRESS}, "holder": {{"@context": {{"name": "https://x.example/"}}}}}}',
        f'{{{ADDRESS}, "holder": {{"@context": ["https://a.example/1", {{}}]}}}}',
        f'{{{ADDRESS}, "holder": {{"\\u0040context": {{}}}}}}',
        f'{{{ADDRESS}, "holder": [{{{ADDRESS}}}, {{"@context" : [ [ ] ]}}]}}',
        '{"@context": "@context", "holder": {"@context": {}}}',
        '{"@context": ["\\"@context\\": []"], "holder": {"@context": {}}}',
    ],
)
def test_an_object_may_be_there(text: str) -> None:
    assert may_write_contexts(text.encode())


def test_addresses_alone_are_no_objects() -> None:
    inside = f'{{{ADDRESS}, "type": "VerifiableCredential"}}'
    assert not may_write_contexts(f'{{{ADDRESS}, "credentialSubject": [{inside}, {inside}]}}'.encode())
