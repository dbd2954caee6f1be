# SPDX-License-Identifier: Apache-2.0
"""The certificate a server shows: the operator's, or one made here for trying out."""

from __future__ import annotations

import ipaddress
import os
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from gakusho.errors import SettingsError
from gakusho.settings import Settings

VALIDITY = timedelta(days=397)
"""What browsers accept at most of a certificate (CA/Browser Forum Baseline Requirements, 6.3.2)."""
_RENEWED = timedelta(days=7)
_NAMES = ("localhost", "127.0.0.1", "::1")


def files(settings: Settings) -> tuple[Path, Path] | None:
    """Give the files of certificate and key, or None where the server speaks http.

    Raises: SettingsError when they do not make a certificate with its key.
    """
    if settings.tls_self_signed:
        pair = self_signed(settings.data / "tls", settings.host)
    elif settings.tls_cert is not None and settings.tls_key is not None:
        pair = settings.tls_cert, settings.tls_key
    else:
        return None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*pair)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or str(error)
        raise SettingsError(
            f"GAKUSHO_TLS_CERT, GAKUSHO_TLS_KEY: {pair[0]} and {pair[1]} are no certificate with its key"
            f" in PEM ({reason})."
        ) from error
    return pair


def self_signed(folder: Path, host: str, *, now: datetime | None = None) -> tuple[Path, Path]:
    """Give the files of a certificate for this machine, made anew when there is none that still holds."""
    moment = now or datetime.now(UTC)
    certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
    names = dict.fromkeys((*_NAMES, *(() if host in ("0.0.0.0", "::") else (host,))))  # noqa: S104  # not listened on here
    if not (certificate.is_file() and key.is_file() and _holds(certificate, list(names), moment)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(certificate, key, list(names), moment)
    return certificate, key


def _holds(file: Path, names: list[str], now: datetime) -> bool:
    try:
        made = x509.load_pem_x509_certificate(file.read_bytes())
    except ValueError:
        return False
    stated = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(stated) == set(_general(names)) and made.not_valid_after_utc > now + _RENEWED


def _general(names: list[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _make(certificate: Path, key: Path, names: list[str], now: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Gakusho, for trying out")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(pem)
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
