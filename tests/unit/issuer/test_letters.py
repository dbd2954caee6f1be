# SPDX-License-Identifier: Apache-2.0
"""Letters: both languages, everything filled in, and nobody's name writes a line of its own."""

from __future__ import annotations

import string
from importlib import resources

import pytest

from gakusho.issuer import letters

VALUES = {
    name: f"<{name}>"
    for name in ("institution", "achievement", "name", "awarded_on", "contact", "link", "until", "reason")
}


@pytest.mark.parametrize("kind", ["claim", "replaced", "suspended", "reinstated", "revoked"])
def test_a_letter_says_everything_in_both_languages(kind: str) -> None:
    written = letters.write(kind, {"ja": VALUES, "en": VALUES})
    assert "様" in written.body
    assert "Dear <name>" in written.body
    assert written.body.index("様") < written.body.index("Dear")
    assert "{" not in written.body + written.subject
    fields = [
        {field for _, field, _, _ in string.Formatter().parse(text) if field}
        for text in _texts(kind).values()
    ]
    assert fields[0] == fields[1], "one language says something that the other does not"


def test_english_stands_first_when_asked() -> None:
    written = letters.write("claim", {"ja": VALUES, "en": VALUES}, first="en")
    assert written.body.index("Dear") < written.body.index("様")
    assert written.subject.startswith("<institution>: ")


def test_every_letter_there_is_is_in_both_languages() -> None:
    assert set(letters.kinds()) == {
        "certificate",
        "claim",
        "replaced",
        "suspended",
        "reinstated",
        "revoked",
    }
    for kind in letters.kinds():
        assert set(_texts(kind)) == {"ja", "en"}


def test_a_name_with_line_breaks_stays_on_its_line() -> None:
    nasty = {**VALUES, "name": "花子\r\nBcc: all@example.net\u202e\u2028x", "institution": "A\nB"}
    written = letters.write("claim", {"ja": nasty, "en": nasty})
    assert "花子 Bcc: all@example.net x 様" in written.body
    assert "\n" not in written.subject
    assert "\r" not in written.body
    assert "\u202e" not in written.body


def test_a_name_with_braces_is_only_a_name() -> None:
    nasty = {**VALUES, "name": "{link} {0.__class__}"}
    assert "{link} {0.__class__} 様" in letters.write("claim", {"ja": nasty, "en": nasty}).body


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        letters.write("claim", {"ja": {}, "en": {}})


def _texts(kind: str) -> dict[str, str]:
    folder = resources.files(letters)
    return {
        language: (folder / f"{kind}.{language}.txt").read_text("utf-8")
        for language in ("ja", "en")
        if (folder / f"{kind}.{language}.txt").is_file()
    }
