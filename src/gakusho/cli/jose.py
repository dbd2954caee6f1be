# SPDX-License-Identifier: Apache-2.0
"""``gakusho jose``: secure and check documents by VC-JOSE-COSE with a key in a file.

The command line is that of the W3C's test suite for VC-JOSE-COSE 1.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gakusho.cli.terminal import EXIT_DONE, EXIT_REFUSED, EXIT_UNKNOWN, UsageError
from gakusho.errors import GakushoError, InputError, KeyMaterialError

if TYPE_CHECKING:
    from gakusho.formats import Asking, CredentialKey, Format
    from gakusho.model.report import Check
    from gakusho.proof import Signer

app = typer.Typer(
    help="Secure and check documents by VC-JOSE-COSE with a key in a file.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
MAX_BYTES = 16 * 1_048_576
_PART = re.compile(r"([^.\[\]]+)((?:\[(?:0|[1-9][0-9]{0,5})\])*)(?:\.|\Z)")


class Feature(StrEnum):
    """What is secured, and how."""

    CREDENTIAL_JOSE = "credential_jose"
    CREDENTIAL_SDJWT = "credential_sdjwt"
    CREDENTIAL_COSE = "credential_cose"
    PRESENTATION_JOSE = "presentation_jose"
    PRESENTATION_SDJWT = "presentation_sdjwt"
    PRESENTATION_COSE = "presentation_cose"

    @property
    def of_presentations(self) -> bool:
        """Whether presentations are meant."""
        return self.value.startswith("presentation_")

    @property
    def format_name(self) -> str:
        """The format it is."""
        return {"jose": "vc-jwt", "sdjwt": "vc-sd-jwt", "cose": "vc-cose"}[self.value.partition("_")[2]]


class Result(StrEnum):
    """What came of it, in the words of the test suite."""

    SUCCESS = "success"
    FAILURE = "failure"
    INDETERMINATE = "indeterminate"
    ERROR = "error"


_EXITS = {
    Result.SUCCESS: EXIT_DONE,
    Result.FAILURE: EXIT_REFUSED,
    Result.INDETERMINATE: EXIT_UNKNOWN,
    Result.ERROR: EXIT_REFUSED,
}
Input = Annotated[Path, typer.Option("--input", help="File to secure (JSON) or to check (text).")]
Key = Annotated[Path, typer.Option("--key", help="File with a verification method, or a JSON Web Key.")]
Which = Annotated[Feature, typer.Option("--feature", help="What is secured, and how.")]
Output = Annotated[Path, typer.Option("--output", help='File for {"result": …, "data": …}.')]


@app.command("issue")
def issue(
    *,
    given: Input,
    key: Key,
    feature: Which,
    output: Output,
    sd: Annotated[
        str | None,
        typer.Option(
            "--sd", help='What can be held back, such as \'["credentialSubject.name", "evidence[0]"]\'.'
        ),
    ] = None,
) -> int:
    """Sign a credential or presentation: exit 0 done, 1 refused."""
    selective = [pointer(path) for path in _paths(sd)]
    document, key_file = _read(given), _read(key)
    try:
        result, data = Result.SUCCESS, _issued(document, key_file, feature, selective)
    except GakushoError as error:
        result, data = Result.FAILURE, str(error)
    return _told(output, result, data)


@app.command("verify")
def verify(*, given: Input, key: Key, feature: Which, output: Output) -> int:
    """Check form and signature alone, by the key given: exit 0 valid, 1 invalid, 2 could not tell."""
    text, key_file = _read(given), _read(key)
    try:
        result, data = _verified(text, key_file, feature)
    except GakushoError as error:
        result, data = Result.FAILURE, str(error)
    return _told(output, result, data)


def _issued(document: bytes, key: bytes, feature: Feature, selective: list[str]) -> str:
    from gakusho.formats import Encloses, _enclosing, format_named
    from gakusho.proof import json as strict_json

    form: object = format_named(feature.format_name)
    assert isinstance(form, Encloses)
    loaded = strict_json.loads(document)
    if not isinstance(loaded, dict):
        raise InputError("The document is no JSON object.", code="credential-member")
    if _enclosing.is_presentation(loaded) != feature.of_presentations:
        raise InputError("The document is of the other kind.", code="credential-member")
    return _as_text(form.enclose(loaded, key=_signing_key(strict_json.loads(key)), selective=selective))


def _as_text(data: bytes) -> str:
    import base64

    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        return base64.b64encode(data).rstrip(b"=").decode("ascii")


def _verified(data: bytes, key: bytes, feature: Feature) -> tuple[Result, str]:
    from gakusho.formats import Asking, format_named
    from gakusho.model.report import Outcome, combined
    from gakusho.proof import VerificationMethod
    from gakusho.proof import json as strict_json
    from gakusho.proof.keys import PublicKey

    stated = strict_json.loads(key)
    public = PublicKey.from_jwk(_jwk(stated, "publicKeyJwk"))

    def lookup(method_id: str) -> VerificationMethod:
        # The key is given: whose it is, is for the one who gives it to know.
        owner = method_id.partition("#")[0]
        both = frozenset({"assertionMethod", "authentication"})
        return VerificationMethod(id=method_id, controller=owner, key=public, purposes=both)

    form = format_named(feature.format_name)
    text = data.strip()
    if not form.recognizes(text):
        raise InputError(f"The input is no {form.media_type}.", code="unknown-format")
    asking = Asking(now=datetime.now(UTC), lookup=lookup)
    checks = [check for check in _checks(form, text, asking, feature) if _counts(check)]
    outcome = combined(check.outcome for check in checks)
    result = {Outcome.VALID: Result.SUCCESS, Outcome.INVALID: Result.FAILURE}.get(
        outcome, Result.INDETERMINATE
    )
    told = [
        f"{one.code} {one.outcome.value} {dict(one.facts)}" for one in checks if one.outcome != Outcome.VALID
    ]
    return result, "; ".join(told)


def _checks(form: Format, data: bytes, asking: Asking, feature: Feature) -> list[Check]:
    from gakusho.formats import Encloses, Presents, _enclosing

    assert isinstance(form, Presents)
    assert isinstance(form, Encloses)
    _refuse(_enclosing.undefined(form.enclosed(data)))
    if not feature.of_presentations:
        return form.checks(data, asking)
    if form.presented(data) == [data]:
        raise InputError("The input is a credential, not a presentation.", code="credential-member")
    return form.presentation_checks(data, asking, challenge=None, domain=None)


def _refuse(undefined: list[str]) -> None:
    if undefined:
        raise InputError(f"No context defines {', '.join(undefined)}.", code="undefined-term")


def _counts(check: Check) -> bool:
    """Tell whether a check is of form or signature; when it holds and who that is, others answer."""
    return check.code.startswith(("proof.", "format.")) or check.code == "presentation.rules"


# --- keys and files --------------------------------------------------------------------------------


def _jwk(stated: object, member: str) -> Mapping[str, Any]:
    found = stated.get(member, stated) if isinstance(stated, Mapping) else None
    if not isinstance(found, Mapping):
        raise KeyMaterialError("The key file is no verification method and no JSON Web Key.")
    public = member == "publicKeyJwk"
    return {name: value for name, value in found.items() if not public or name != "d"}


def _signing_key(stated: object) -> CredentialKey:
    from gakusho.formats import CredentialKey

    jwk = _jwk(stated, "secretKeyJwk")
    assert isinstance(stated, Mapping)
    method = stated.get("id", jwk.get("kid"))
    if not isinstance(method, str) or not method:
        raise KeyMaterialError("The key file says no id of the key.", facts={"expected": "id or kid"})
    return CredentialKey(signer=_signer(jwk), verification_method=method)


def _signer(jwk: Mapping[str, Any]) -> Signer:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    from gakusho.proof import multibase
    from gakusho.proof.keys import PublicKey
    from gakusho.proof.signers.encrypted_key import KeptSigner

    curves = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
    public = PublicKey.from_jwk({name: value for name, value in jwk.items() if name != "d"})
    secret = jwk.get("d")
    if not isinstance(secret, str):
        raise KeyMaterialError("The key file holds no private key.", facts={"expected": "d"})
    raw = multibase.from_base64url(secret)
    try:
        if public.algorithm == "Ed25519":
            signer = KeptSigner(ed25519.Ed25519PrivateKey.from_private_bytes(raw))
        elif public.algorithm in curves:
            signer = KeptSigner(ec.derive_private_key(int.from_bytes(raw), curves[public.algorithm]))
        else:
            raise KeyMaterialError("A private key of this kind is not read from a file here.")
    except ValueError:
        raise KeyMaterialError("The private key cannot be read.") from None
    if signer.public_key != public:
        raise KeyMaterialError("Private and public key of the file do not belong together.")
    return signer


def pointer(path: str) -> str:
    """Give the JSON pointer for a path such as ``credentialSubject.phoneNumbers[0]``. Raises: UsageError."""
    parts: list[str] = []
    place = 0
    while place < len(path):
        match = _PART.match(path, place)
        if match is None or (match.group().endswith(".") and match.end() == len(path)):
            raise UsageError(f"--sd: {path!r} is no path such as credentialSubject.name or evidence[0].")
        parts.append(match.group(1).replace("~", "~0").replace("/", "~1"))
        parts += re.findall(r"\[(\d+)\]", match.group(2))
        place = match.end()
    return "".join(f"/{part}" for part in parts)


def _paths(text: str | None) -> list[str]:
    try:
        found = json.loads(text) if text else []
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise UsageError(f"--sd: got {str(text)[:80]!r}, expected a JSON list of paths.")
    return found


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", action="Check the path.") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} has more than {MAX_BYTES} bytes.", action="Give a smaller file.")
    return data


def _told(output: Path, result: Result, data: str) -> int:
    try:
        output.write_text(json.dumps({"result": result.value, "data": data}, ensure_ascii=False), "utf-8")
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}.", action="Check the path."
        ) from error
    return _EXITS[result]
