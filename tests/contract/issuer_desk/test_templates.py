# SPDX-License-Identifier: Apache-2.0
"""An institution's own templates: tried out, used from then on, named by each document, and given back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, a_desk, approved, issue_all, learners
from tests.fakes.trials import remember

from gakusho.cli.main import run
from gakusho.cli.terminal import problem_line
from gakusho.errors import ForbiddenError, InputError, TemplatesError
from gakusho.formats._pdf.own_templates import builtin
from gakusho.issuer import aside, awards, institutions, templates
from gakusho.issuer.choices import Choices
from gakusho.store.work import Workplace

CERTIFICATES = Choices(document_kind="graduation")
OWN = builtin()["graduation.typ"] + b"\n#place(top, pdf.artifact(line(length: 10mm)))\n"
on_one_database = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.fixture
def beginning() -> Beginning:
    return a_desk


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def keyword_of(workplace: Workplace, desk: Desk, batch_id: str) -> str:
    with workplace.work(read_only=True) as work:
        [award] = awards.find(work, desk.institution.id, batch_id=batch_id)
        data = awards.sealed(work, award.id, "signed-pdf").data
    with pikepdf.open(io.BytesIO(data)) as document:
        return str(document.docinfo["/Keywords"])


@on_one_database
def test_documents_are_set_from_them_until_the_built_in_ones_are_wanted_again(
    workplace: Workplace, desk: Desk
) -> None:
    packed = templates.try_out(desk.institution, {"graduation.typ": OWN}, workplace.files.get)
    with workplace.work() as work:
        with pytest.raises(ForbiddenError):
            templates.change(work, desk.preparer, packed)
        kept = templates.change(work, desk.administrator, packed)
        assert (kept.version, dict(kept.files)) == (1, {"graduation.typ": OWN})
        first = approved(work, desk, learners(1), choices=CERTIFICATES)
        settings = institutions.institution(work, desk.institution.id).settings
        assert templates.version(settings) == 1
        assert not kept.stale
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(templates, "_base", lambda: "of another Gakusho")
            assert templates.templates(work, desk.institution.id).stale, "it is to be tried again"
        again = templates.change(work, desk.administrator, None)
        assert (again.version, dict(again.files)) == (2, {})
        later = approved(work, desk, learners(1, first=2), choices=CERTIFICATES)
    for batch in (first, later):
        assert issue_all(workplace, batch.id) == 1, "what is issued was verified first"
    assert keyword_of(workplace, desk, first.id).endswith("graduation:ja:own1"), "as it was approved"
    assert keyword_of(workplace, desk, later.id).endswith("graduation:ja:2")
    with workplace.work(read_only=True) as work:
        [award] = awards.find(work, desk.institution.id, batch_id=first.id)
        assert awards.full(work, award.id).document.templates is not None


@on_one_database
def test_what_does_not_print_the_credential_or_does_not_end_is_not_taken(
    workplace: Workplace, desk: Desk
) -> None:
    hello = b'#import "common.typ": *\n#show: document-page\n#heading(level: 1)[Hello]\n#verification()'
    broken = builtin()["enrollment.typ"] + b"\n #certificate(\n"
    both = {"graduation.typ": hello, "enrollment.typ": broken}
    with pytest.raises(TemplatesError) as refused:
        templates.try_out(desk.institution, both, workplace.files.get)
    told = [(problem_line(each, "en"), dict(each.facts)["pages"]) for each in refused.value.problems]
    assert [pages for line, pages in told if "does not print data.name as" in line]
    [(slip, pages)] = [one for one in told if "enrollment.typ" in one[0]]
    assert slip.startswith("row 16, column “14”, file “enrollment.typ”: typst says: unclosed delimiter.")
    assert pages == "enrollment ja, enrollment en, enrollment ja-en"
    endless = b"#for a in range(99999) { for b in range(99999) { if b < 0 [x] } }"
    with pytest.raises(InputError) as caught:
        aside.set_all_aside({"main.typ": endless}, [("main.typ", {})], picture=10, seconds=1)
    assert caught.value.code == "template-page"


@on_one_database
def test_a_designer_gets_files_edits_them_and_gives_them_back(
    workplace: Workplace, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def opened(*_: object) -> Iterator[Workplace]:
        yield workplace

    monkeypatch.setattr("gakusho.cli.templates.opened", opened)
    remember(monkeypatch, "gakusho.issuer.templates")
    folder = tmp_path / "pages"
    assert run(["templates", "export", str(folder)]) == 0
    assert {file.name for file in folder.iterdir()} == set(builtin())
    assert run(["templates", "export", str(folder)]) == 64, "nothing is written over"
    (folder / "graduation.typ").write_bytes(OWN)
    (folder / "notes.txt").write_text("not a template")
    assert run(["templates", "import", str(folder), "--dry-run"]) == 0
    assert version(workplace, desk) == 0
    assert run(["templates", "import", str(folder), "--institution", "sakura"]) == 0
    assert version(workplace, desk) == 1
    assert run(["templates", "export", str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "graduation.typ").read_bytes() == OWN
    (folder / "graduation.typ").write_text('#eval("1")')
    assert run(["templates", "import", str(folder)]) == 1
    assert run(["templates", "import", str(tmp_path / "nowhere")]) == 64
    assert run(["templates", "reset"]) == 0
    assert version(workplace, desk) == 2


def version(workplace: Workplace, desk: Desk) -> int:
    with workplace.work(read_only=True) as work:
        return templates.templates(work, desk.institution.id).version
