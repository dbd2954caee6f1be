# SPDX-License-Identifier: Apache-2.0
"""Tokens of every kind are checked in the employer's box, pasted or as a file."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk
from tests.fakes.holders import START, class_of, one_learner
from tests.fakes.pages import open_pages
from tests.fakes.university import University

from gakusho.store.work import Workplace

UNIVERSITY = replace(University.by_key(), now=START)
AWARD = UNIVERSITY.award(status=())


def shape(page: str) -> str:
    found = re.search(r'class="verdict verdict-([\w-]+)"', page)
    return found[1] if found else "none"


@pytest.fixture
def beginning() -> Beginning:
    return one_learner


def test_a_token_is_checked_pasted_or_as_a_file(workplace: Workplace, found: Desk, tmp_path: Path) -> None:
    with open_pages(class_of(workplace, found), tmp_path) as pages:
        visitor = pages.visitor()
        for name in ("vc-jwt", "vc-sd-jwt", "sd-jwt-vc", "vc-cose"):
            data = UNIVERSITY.sealed(AWARD, form=name)
            text = base64.b64encode(data).decode() if name == "vc-cose" else data.decode()
            middle = len(text) // 2
            changed = text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]
            pasted, forged = (visitor.post("/verify", data={"text": one + "\n"}) for one in (text, changed))
            file = visitor.post("/verify", files={"file": ("x", data)}, data={"text": ""})
            assert shape(pasted.text) == shape(file.text) == "valid"
            assert shape(forged.text) not in {"valid", "none"}
