# SPDX-License-Identifier: Apache-2.0
"""Active content is found by a glance at each object exactly where looking closely finds it."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest

from gakusho.formats._pdf import contents

_ACTIVE = {
    "script in an action": b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
    "script without its kind": b"<< /JS (app.alert\\(1\\)) >>",
    "actions of a field": b"<< /AA << >> >>",
    "launch": b"<< /S /Launch >>",
    "submit": b"<< /S /SubmitForm >>",
    "another document": b"<< /S /GoToR >>",
    "an embedded document": b"<< /S /GoToE >>",
    "layers": b"<< /S /SetOCGState >>",
    "a film": b"<< /Subtype /Movie >>",
    "rich media": b"<< /Subtype /RichMedia >>",
    "a solid": b"<< /Subtype /3D >>",
    "a form field": b"<< /FT /Tx >>",
    "a button beside a signature": b"[ << /FT /Sig >> << /FT /Btn >> ]",
    "a script as an address": b"<< /S /URI /URI ( javascript:alert) >>",
    "the same in other letters": b"<< /S /URI /URI (\\tJavaScript:alert) >>",
    "the same as digits": b"<< /S /URI /URI <6a6176617363726970743a61> >>",
    "a name written with escapes": b"<< /#4a#53 (x) >>",
    "deep inside": b"[ [ << /A << /S /Hide >> >> ] ]",
}
_HARMLESS = {
    "an address": b"<< /S /URI /URI (https://asanagi.example/v/1) >>",
    "a place in the document": b"<< /S /GoTo /D [ 0 ] >>",
    "a signature field": b"<< /FT /Sig >>",
    "a file that is attached": b"<< /Type /Filespec /F (credential.json) >>",
    "words only": b"(/JS /AA /Launch)",
    "a name that begins alike": b"<< /S /Screenshot >>",
}


def _document(*things: bytes, external: bool = False) -> pikepdf.Pdf:
    made = pikepdf.new()
    made.add_blank_page()
    parsed = [made.make_indirect(pikepdf.Object.parse(one)) for one in things]
    made.Root.Things = made.make_indirect(pikepdf.Array(parsed))
    if external:
        stream = made.make_stream(b"x")
        stream.F = pikepdf.String("https://elsewhere.example/a")
        made.Root.Elsewhere = stream
    out = io.BytesIO()
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return contents.open_document(out.getvalue())


def _closely(document: pikepdf.Pdf, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    with monkeypatch.context() as patched:
        patched.setattr(contents, "_SUSPECT", re.compile(b""))
        return contents.active_content(document)


@pytest.mark.parametrize("what", _ACTIVE)
def test_what_acts_is_found(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with _document(*_HARMLESS.values(), _ACTIVE[what]) as document:
        found = contents.active_content(document)
        assert found
        assert found == _closely(document, monkeypatch)


def test_an_external_file_of_a_stream_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with _document(external=True) as document:
        assert contents.active_content(document) == ["external-content"] == _closely(document, monkeypatch)


@pytest.mark.parametrize("what", _HARMLESS)
def test_what_does_nothing_is_not_refused(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with _document(_HARMLESS[what]) as document:
        assert contents.active_content(document) == [] == _closely(document, monkeypatch)
