# SPDX-License-Identifier: Apache-2.0
"""The list of formats says of each what it is for, and with which key it is signed."""

from __future__ import annotations

import json

import pytest

from gakusho.cli.formats import LINES
from gakusho.cli.main import run
from gakusho.formats import formats


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_format_has_a_plain_line_in_each_language(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["formats", "--lang", language]) == 0
    told = capsys.readouterr().out
    assert set(LINES) == set(formats()), "write a line for the new format, or take the old one away"
    for name, (_, *about) in LINES.items():
        assert name in told
        assert about[language == "en"] in told


def test_programs_get_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["formats", "--json", "--lang", "en"]) == 0
    told = json.loads(capsys.readouterr().out)["formats"]
    assert {one["name"]: one["media_type"] for one in told} == {
        name: form.media_type for name, form in formats().items()
    }
    assert {one["key"] for one in told} == {"credential", "disclosure", "document", "host"}
