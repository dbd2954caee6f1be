# SPDX-License-Identifier: Apache-2.0
"""Everything a person can call or meet stands in the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from tools import reference

from gakusho.cli.main import app
from gakusho.formats import formats
from gakusho.model.report import Headline
from gakusho.proof.signers import key_stores
from gakusho.proof.suites import suites
from gakusho.registry import resolvers

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


def section(text: str, title: str) -> str:
    """Give what stands under a heading, up to the next of the same level."""
    match = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match is not None, f"docs/reference/cli.md has no section {title!r}"
    return match.group(1)


def commands() -> Iterator[tuple[str, Any]]:
    def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield path, command
            return
        for name, each in inner.items():
            yield from walk(each, f"{path} {name}".strip())

    yield from walk(typer.main.get_command(app), "")


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_and_option_is_documented(name: str, command: Any) -> None:
    text = section(page("cli.md"), name)
    options = [
        option
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    ]
    missing = [option for option in options if f"`{option}`" not in text]
    assert not missing, f"docs/reference/cli.md, section {name!r}, lacks {missing}"


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_option_explains_itself(name: str, command: Any) -> None:
    silent = [p.name for p in command.params if p.name != "help" and not getattr(p, "help", None)]
    assert not silent
    assert command.help, f"{name} has no help"


def test_no_command_is_documented_that_is_not_there() -> None:
    there = {name for name, _ in commands()}
    assert set(re.findall(r"^## (.+)$", page("cli.md"), re.MULTILINE)) <= there


def test_every_setting_is_documented() -> None:
    source = (ROOT / "src" / "gakusho" / "settings.py").read_text("utf-8")
    names = set(re.findall(r"""\bvalue\("([a-z_]+)",""", source))
    assert len(names) > 10, "settings.py reads its settings in another way now; mend this test"
    source = "".join(file.read_text("utf-8") for file in (ROOT / "src").rglob("*.py"))
    named = {f"GAKUSHO_{name.upper()}" for name in names} | set(
        re.findall(r"""["'](GAKUSHO_[A-Z_]+)["']""", source)
    )
    documented = set(re.findall(r"^\| `(GAKUSHO_[A-Z_]+)`", page("settings.md"), re.MULTILINE))
    assert named == documented


@pytest.mark.parametrize("name", list(formats()))
def test_every_format_is_documented(name: str) -> None:
    each = formats()[name]
    assert f"| `{name}` | `{each.media_type}` | `.{each.extension}` |" in page("formats.md")
    assert f"\n## {name}\n" in page("formats.md")


@pytest.mark.parametrize("name", [*resolvers(), *suites(), *key_stores()])
def test_every_resolver_suite_and_signer_is_documented(name: str) -> None:
    assert f"`{name}`" in page("formats.md")


def test_every_error_check_and_problem_code_is_documented() -> None:
    text = page("errors.md")
    missing = sorted(code for code in reference.codes() if f"`{code}`" not in text)
    assert not missing, f"run `make docs`: docs/reference/errors.md lacks {missing}"


def test_every_code_the_guide_of_certificate_machines_names_is_one_there_is() -> None:
    guide = (ROOT / "docs" / "guide" / "kiosk.md").read_text("utf-8")
    named = set(re.findall(r"`(kiosk-[a-z-]+)`", guide))
    assert named
    assert named <= reference.codes()


def test_every_path_of_the_server_is_documented() -> None:
    text = page("http.md")
    assert len(reference.routes()) > 50, "the routes are found in another way now; mend tools/reference.py"
    missing = [
        f"{methods} {path}"
        for methods, path, _ in reference.routes()
        if f"| {methods} | `{path}` |" not in text
    ]
    assert not missing, f"run `make docs`: docs/reference/http.md lacks {missing}"


def test_every_headline_is_explained_to_employers() -> None:
    text = (ROOT / "docs" / "guide" / "employer.md").read_text("utf-8")
    missing = [each.value for each in Headline if f"| {each.value} |" not in text]
    assert not missing
