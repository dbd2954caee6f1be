# SPDX-License-Identifier: Apache-2.0
"""``gakusho document-key``: the key a server's institution signs documents with, and its certificate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gakusho.cli.documents import AsJson, Data, DatabaseUrl, Slug, institution_of, opened, operator_of
from gakusho.cli.terminal import EXIT_DONE, EXIT_REFUSED, UsageError, say, say_json

if TYPE_CHECKING:
    from gakusho.issuer.certification import InUse
    from gakusho.issuer.outside_keys import OutsideKey

app = typer.Typer(
    help="Look at, certify and replace the key a server's documents are signed with.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Pin = Annotated[
    str, typer.Option(prompt="PIN", hide_input=True, envvar="GAKUSHO_KEY_PIN", help="Asked for if not given.")
]


@app.command("show")
def show(
    *, institution: Slug = "", data: Data = None, database: DatabaseUrl = None, as_json: AsJson = False
) -> int:
    """Show the key in use and when its certificate ends; exit code 1 when it has ended."""
    from gakusho.issuer import certification

    with opened(data, database) as place, place.work(read_only=True) as work:
        return _said(certification.in_use(work, institution_of(work, institution)), as_json=as_json)


@app.command("request")
def request(
    *,
    organization: Annotated[str, typer.Option(help="Legal name; default: as said last.")] = "",
    organization_id: Annotated[str, typer.Option(help="Such as NTRJP-1234567890123.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File; default: standard output.")
    ] = None,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Make the certificate request (PKCS #10, PEM) for the key in use, to be sent to an authority."""
    from gakusho.issuer import certification, institutions
    from gakusho.issuer.certification import Named

    with opened(data, database) as place:
        with place.work(read_only=True) as work:
            found = institution_of(work, institution)
            said = certification.named(institutions.institution(work, found))
            subject = Named(
                organization=organization or said.organization,
                country=said.country,
                organization_id=organization_id or said.organization_id,
            )
            made = certification.request(work, operator_of(found), subject)
        with place.work() as work:
            certification.name(work, operator_of(found), subject)
    if output is None:
        sys.stdout.write(made.decode("ascii"))
    else:
        output.write_bytes(made)
        say(f"The request is in {output}.")
    return EXIT_DONE


@app.command("certificate")
def certificate(
    file: Annotated[Path, typer.Argument(help="What the authority sent: PEM, DER or PKCS #7.")],
    *,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Take in what the authority answered; documents are signed with it from now on."""
    from gakusho.issuer import certification

    content = _read(file, certification.MAX_BYTES)
    with opened(data, database) as place, place.work() as work:
        found = institution_of(work, institution)
        certification.answer(work, operator_of(found), content)
        return _said(certification.in_use(work, found))


@app.command("token")
def token(
    *,
    module: Annotated[str, typer.Option(metavar="PATH", help="PKCS #11 module (a shared object).")],
    serial: Annotated[str, typer.Option(help="Serial number of the token; not needed if one.")] = "",
    key_id: Annotated[str, typer.Option(help="Id of the key, hexadecimal; not needed if one.")] = "",
    make: Annotated[str, typer.Option(metavar="KIND", help="Make a new one: P-256, RSA-3072 …")] = "",
    pin: Pin,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Sign documents with a key in a token (hardware) from now on; it never leaves the token."""
    from gakusho.issuer import hardware, outside_keys

    if not serial:
        there = hardware.tokens(module)
        if len(there) != 1:
            names = ", ".join(f"{one.serial} ({one.label})" for one in there) or "none"
            raise UsageError(f"--serial: say which token; there are: {names}.")
        serial = there[0].serial
    found = outside_keys.in_token(module, serial, pin, allowed=[module], key_id=key_id, make=make)
    return _taken(found, institution, data, database)


@app.command("service")
def service(  # noqa: PLR0913  # each an option by its name
    *,
    base: Annotated[str, typer.Option(metavar="URL", help="Such as https://host/csc/v1.")],
    client: Annotated[str, typer.Option(help="Client id (OAuth 2.0 client credentials).")],
    client_secret: Annotated[
        str,
        typer.Option(
            prompt="Client secret",
            hide_input=True,
            envvar="GAKUSHO_CLIENT_SECRET",
            help="Asked for if not given.",
        ),
    ],
    credential: Annotated[str, typer.Option(metavar="ID", help="credentialID; not needed if one.")] = "",
    token_address: Annotated[str, typer.Option(metavar="URL", help="Only if elsewhere than it says.")] = "",
    pin: Pin,
    institution: Slug = "",
    data: Data = None,
    database: DatabaseUrl = None,
) -> int:
    """Sign documents with a key at a signing service (Cloud Signature Consortium API) from now on."""
    from gakusho.issuer import outside_keys, signing_service

    with opened(data, database) as place:
        trusted = place.services
    access = signing_service.Access(
        base=base,
        client=client,
        client_secret=client_secret,
        token_address=token_address,
        services=trusted,
    )
    found = outside_keys.at_service(signing_service.found(access), credential, pin)
    return _taken(found, institution, data, database)


def _taken(found: OutsideKey, slug: str, data: Path | None, database: str | None) -> int:
    from gakusho.issuer import certification, outside_keys

    with opened(data, database) as place, place.work() as work:
        whose = institution_of(work, slug)
        outside_keys.take(work, operator_of(whose), found)
        return _said(certification.in_use(work, whose))


def _said(one: InUse, *, as_json: bool = False) -> int:
    code = EXIT_REFUSED if one.end.stage == "ended" else EXIT_DONE
    if as_json:
        say_json(
            {
                "id": one.key.id,
                "place": one.store,
                "algorithm": one.key.algorithm,
                "verification_method": one.key.verification_method,
                "names": list(one.names),
                "by_others": one.by_others,
                "ends": one.end.ends.isoformat(),
                "stage": one.end.stage,
            }
        )
        return code
    say(f"key          {one.key.algorithm} in {one.store}, {one.key.verification_method}")
    say(f"certificate  {one.names[0]}")
    say(f"by           {one.names[1] if one.by_others and len(one.names) > 1 else 'the own authority'}")
    say(f"ends         {one.end.ends:%Y-%m-%d}, {'over' if code else f'in {one.end.days} days'}")
    return code


def _read(file: Path, limit: int) -> bytes:
    try:
        with file.open("rb") as handle:
            return handle.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
