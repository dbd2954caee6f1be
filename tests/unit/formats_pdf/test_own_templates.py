# SPDX-License-Identifier: Apache-2.0
"""Templates of an institution's own reach nothing but each other, and pages lack nothing unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.vectors.signed_pdf.making import LINK, NOW, award

from gakusho.errors import InputError
from gakusho.formats._pdf.own_templates import (
    MAX_BYTES,
    builtin,
    faults,
    kinds_with,
    packed,
    set_fault,
    unfit,
    unpacked,
    world,
)
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import Attachment, inputs, typeset
from gakusho.model.award import Award, OwnTemplates

CODE = "7K3M-9TQX-4WRB"
PLAIN = builtin()["graduation.typ"]
CARRIED = Attachment(name="credential.json", media_type="application/json", data=b"{}", description="A")
FIRM = b'#import "certificate.typ": *\n'


def page_of(template: bytes, *, attached: bool = True) -> tuple[bytes, Award, dict[str, Any]]:
    """Set a page from a template of one's own, as it is set when documents are issued."""
    own = packed({"graduation.typ": template})
    given = award("graduation")
    given = replace(given, document=replace(given.document, templates=OwnTemplates(version=4, packed=own)))
    data = inputs(page_data(given, link=LINK, code=CODE), [CARRIED])
    files = [CARRIED] if attached else []
    plain = page_data(given, link=LINK, code=CODE)
    page = typeset("graduation", plain, at=NOW, attachments=files, own=world(own, "graduation"))
    return page, given, data


def test_a_page_is_the_built_in_one_but_for_what_was_changed() -> None:
    page, given, data = page_of(PLAIN + b"// mine\n")
    assert faults(page, given, data) == []
    assert data["template"] == "gakusho-template:graduation:ja:own4"
    built_in = replace(given, document=replace(given.document, templates=None))
    usual = typeset("graduation", page_data(built_in, link=LINK, code=CODE), at=NOW, attachments=[CARRIED])
    assert page != usual, "it names its version"
    assert abs(len(page) - len(usual)) < 100
    assert page == page_of(PLAIN + b"// mine\n")[0]


@pytest.mark.parametrize(
    ("template", "code", "got"),
    [
        (b'#import "common.typ": *\n#show: document-page\n#heading[A]', "template.address", LINK),
        (b'#import "common.typ": *\n#show: document-page\n#heading[A]', "template.code", CODE),
        (
            b'#import "common.typ": *\n#show: document-page\n#heading[A]\n#verification()',
            "template.says",
            "data.name",
        ),
        (b'#set document(title: "A")\n#heading[A]', "template.keywords", None),
        (PLAIN.replace(b"achieved", b'"Bachelor"'), "template.says", "data.achievement"),
    ],
)
def test_what_a_page_lacks_is_named(template: bytes, code: str, got: str | None) -> None:
    page, given, data = page_of(template)
    assert (code, got) in [(each.code, dict(each.facts).get("got")) for each in faults(page, given, data)]


def test_a_page_that_leaves_the_credential_out_is_told() -> None:
    page, given, data = page_of(PLAIN, attached=False)
    assert "template.attachment" in [each.code for each in faults(page, given, data)]


@pytest.mark.parametrize(
    "text",
    [
        '#import "@preview/cetz:0.2.0": *',
        '#import ("@pre" + "view/cetz:0.2.0"): *',
        '#include "../secret.typ"',
        '#include "/etc/passwd"',
        '#import "nowhere.typ"',
        "#let a = import-it\n#import a",
        '#eval("1 + 1")',
        '#plugin("a.wasm")',
    ],
)
def test_a_template_reaches_nothing_outside(text: str) -> None:
    assert unfit({"graduation.typ": text.encode()})
    with pytest.raises(InputError) as caught:
        packed({"graduation.typ": text.encode()})
    assert caught.value.code == "templates-unfit"


@pytest.mark.parametrize(
    "text", ['#read("/etc/passwd")', '#read("../../../../../../etc/passwd")', "#json(1)"]
)
def test_a_file_outside_is_not_there(text: str) -> None:
    with pytest.raises(InputError):
        page_of(FIRM + text.encode())


def test_a_fault_has_its_line_and_column_as_an_editor_counts_them() -> None:
    said = '// 様式\n#let a = 1 // eval("no harm")\n日本 #eval("1")\n  #import "gone.typ"\n'
    found = [
        (each.file, each.row, each.column, each.code) for each in unfit({"graduation.typ": said.encode()})
    ]
    assert found == [
        ("graduation.typ", 3, "5", "template.runs"),
        ("graduation.typ", 4, "4", "template.no-file"),
    ]


def test_what_typst_says_leads_to_the_institutions_own_file() -> None:
    told = (
        "error: missing argument: rows\n  ┌─ ../tmp/certificate.typ:39:5\n  │\n"
        "help: while calling `certificate`\n  ┌─ ../tmp/graduation.typ:7:2\n\n"
        "error: PDF/UA-1 error: missing document title\n = hint: set the title\n"
    )
    first, second = set_fault(told, {"graduation.typ"})
    assert (first.file, first.row, first.column) == ("graduation.typ", 7, "3")
    assert (second.file, dict(second.facts)["hint"]) == (None, "set the title")
    assert set_fault("it was too large", ()) != []


def test_names_sizes_and_letters_are_bounded() -> None:
    for files, code in (
        ({}, "template.count"),
        ({"../graduation.typ": PLAIN}, "template.name"),
        ({"report.typ": PLAIN}, "template.name"),
        ({"graduation.py": PLAIN}, "template.name"),
        ({"graduation.typ": b"\xff"}, "template.encoding"),
        ({"graduation.typ": b" " * (MAX_BYTES + 1)}, "template.total"),
        ({f"a{number}.typ": b"" for number in range(100)}, "template.count"),
        ({"a.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'}, "template.drawing"),
    ):
        assert [each.code for each in unfit(files)] == [code], sorted(files)[:2]
    mark = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1v1z"/></svg>'
    good = {"graduation.typ": PLAIN, "mark.svg": mark}
    assert unfit(good) == []
    assert unpacked(packed(good)) == good


def test_a_shared_file_changes_every_document() -> None:
    assert kinds_with({"graduation.typ": PLAIN}) == ("graduation",)
    assert len(kinds_with({"graduation.typ": PLAIN, "mark.svg": b""})) == 10


def test_a_page_that_is_not_held_as_the_institution_chose_is_told() -> None:
    given = award("diploma")
    usual = b'#let wide = lying(data.language != "ja")'
    assert usual in builtin()["diploma.typ"]
    for line, told in ((b"#let wide = false", ["template.orientation"]), (usual + b" // mine", [])):
        own = packed({"diploma.typ": builtin()["diploma.typ"].replace(usual, line)})
        templates = OwnTemplates(version=1, packed=own)
        held = replace(given.document, orientation="landscape", templates=templates)
        landscape = replace(given, document=held)
        plain = page_data(landscape, link=LINK, code=CODE)
        page = typeset("diploma", plain, at=NOW, attachments=[CARRIED], own=world(own, "diploma"))
        assert [each.code for each in faults(page, landscape, inputs(plain, [CARRIED]))] == told
