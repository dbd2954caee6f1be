# SPDX-License-Identifier: Apache-2.0
"""The ``gakusho`` command: its groups, and the one place where errors become exit codes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from gakusho.cli import (
    disclose,
    doctor,
    document_key,
    documents,
    endorse,
    formats,
    init,
    issue,
    jose,
    keys,
    kiosk,
    pages,
    rescue,
    revoke,
    serve,
    templates,
    verify,
)
from gakusho.cli.terminal import (
    EXIT_INTERRUPTED,
    EXIT_UNKNOWN,
    EXIT_USAGE,
    Language,
    UsageError,
    exit_code,
    language_of,
    say,
    tell_error,
)
from gakusho.errors import GakushoError
from gakusho.version import __version__

app = typer.Typer(
    name="gakusho",
    help="Issue, hold, share and verify digital academic credentials.",
    epilog="Exit codes: 0 valid or done, 1 invalid or refused, 2 could not be checked, 64 wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("init")(init.init)
app.command("issue")(issue.issue)
app.command("verify")(verify.verify)
app.command("disclose")(disclose.disclose)
app.command("endorse")(endorse.endorse)
app.command("formats")(formats.formats)
app.command("rescue")(rescue.rescue)
app.command("revoke")(revoke.revoke)
app.command("suspend")(revoke.suspend)
app.command("reinstate")(revoke.reinstate)
app.add_typer(keys.app, name="keys")
app.add_typer(documents.app, name="documents")
app.add_typer(pages.app, name="pages")
app.add_typer(templates.app, name="templates")
app.add_typer(document_key.app, name="document-key")
app.add_typer(kiosk.app, name="kiosk")
app.add_typer(jose.app, name="jose")
app.command("serve")(serve.serve)
app.command("doctor")(doctor.doctor)


@app.command("version")
def version() -> None:
    """Print the version."""
    say(__version__)


def _say_version(asked: bool) -> None:  # noqa: FBT001  # Typer calls it so
    if asked:
        version()
        raise typer.Exit


@app.callback()
def _start(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line of this process, and end it with the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Japanese is no reason to fail
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon_stdout()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code: 0 valid, 1 invalid, 2 could not tell, 64 wrong usage."""
    as_json, language = "--json" in arguments, _language(arguments)
    try:
        result = app(args=list(arguments), prog_name="gakusho", standalone_mode=False)
    except TyperException as error:
        return _usage(error, as_json=as_json, language=language)
    except GakushoError as error:
        tell_error(error, as_json=as_json, language=language)
        return exit_code(error)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough (``| head``); that is no failure of ours to report.
        _abandon_stdout()
        return 0
    except Exception as error:  # a fault of ours: told plainly, never called valid or invalid
        if os.environ.get("GAKUSHO_TRACEBACK"):
            raise
        tell_error(_fault(error), as_json=as_json, language=language)
        return EXIT_UNKNOWN
    return result if isinstance(result, int) else 0


def _language(arguments: Sequence[str]) -> str:
    """Give the language that ``--lang`` chooses, also where the command failed before it could say."""
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        chosen = value or next(iter(arguments[place + 1 : place + 2]), "")
        if name == "--lang" and chosen in set(Language):
            return chosen
    return language_of(None)


def _fault(error: Exception) -> GakushoError:
    return GakushoError(
        f"Gakusho itself failed ({type(error).__name__}: {error}).",
        code="fault",
        action="Run it again with GAKUSHO_TRACEBACK=1 and report what it prints.",
    )


def _usage(error: TyperException, *, as_json: bool, language: str) -> int:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "gakusho"
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(message + "\n")
        return EXIT_USAGE
    tell_error(UsageError(message, action=f"See: {command} --help"), as_json=as_json, language=language)
    return EXIT_USAGE


def _abandon_stdout() -> None:
    # So that the interpreter's own last flush does not fail as well.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
