# SPDX-License-Identifier: Apache-2.0
"""Settings are read once, and a wrong one is named."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from gakusho import settings
from gakusho.errors import SettingsError


def test_the_secret_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    first = settings.read({}, data=tmp_path / "d")
    again = settings.read({}, data=tmp_path / "d")
    assert first.secret == again.secret
    assert len(first.secret) == 32
    assert (tmp_path / "d" / "secret.key").stat().st_mode & 0o077 == 0


def test_a_given_secret_wins(tmp_path: Path) -> None:
    given = bytes(range(32))
    read = settings.read({"GAKUSHO_SECRET_KEY": base64.b64encode(given).decode()}, data=tmp_path)
    assert read.secret == given
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GAKUSHO_PORT", "8000x"),
        ("GAKUSHO_PORT", "70000"),
        ("GAKUSHO_DATABASE", "mysql://localhost/x"),
        ("GAKUSHO_PUBLIC_URL", "diplomas.example"),
        ("GAKUSHO_TIMEZONE", "Asia/Nowhere"),
        ("GAKUSHO_DEMO", "perhaps"),
        ("GAKUSHO_PROCESSES", "all"),
        ("GAKUSHO_PROCESSES", "-1"),
        ("GAKUSHO_PROCESSES", "1025"),
        ("GAKUSHO_TRUSTED_SERVICES", "tsa.example"),
        ("GAKUSHO_TRUSTED_SERVICES", "tsa.example:0"),
        ("GAKUSHO_TRUSTED_SERVICES", "https://tsa.example:3318"),
        ("GAKUSHO_TRUSTED_SERVICES", "*:3318"),
        ("GAKUSHO_TRUSTED_SERVICES", "[10.0.0.1]:3318"),
        ("GAKUSHO_SECRET_KEY", "c2hvcnQ="),
        ("GAKUSHO_SECRET_KEY", "not base64!"),
    ],
)
def test_a_setting_that_cannot_work_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings.read({name: value}, data=tmp_path)


def test_postgresql_addresses_get_the_driver(tmp_path: Path) -> None:
    read = settings.read({"GAKUSHO_DATABASE": "postgresql://u@h/d"}, data=tmp_path)
    assert read.database == "postgresql+psycopg://u@h/d"


def test_a_large_batch_takes_all_cores_unless_told_otherwise(tmp_path: Path) -> None:
    assert settings.read({}, data=tmp_path).processes == 0
    assert settings.read({"GAKUSHO_PROCESSES": "3"}, data=tmp_path).processes == 3


def test_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    read = settings.read({"GAKUSHO_PORT": "9000"}, data=tmp_path, port=9001)
    assert read.port == 9001
    assert read.public_url == "http://localhost:9001"


def test_a_certificate_makes_the_address_https(tmp_path: Path) -> None:
    read = settings.read({}, data=tmp_path, tls_self_signed=1)
    assert read.public_url == "https://localhost:8000"
    pair = {"GAKUSHO_TLS_CERT": "a.pem", "GAKUSHO_TLS_KEY": "b.pem"}
    assert settings.read(pair, data=tmp_path).secure


def test_modules_for_keys_in_hardware_are_absolute_paths(tmp_path: Path) -> None:
    assert settings.read({}, data=tmp_path).pkcs11_modules == ()
    read = settings.read({"GAKUSHO_PKCS11_MODULES": os.pathsep.join(["/a/m.so", "/b/n.so"])}, data=tmp_path)
    assert read.pkcs11_modules == ("/a/m.so", "/b/n.so")
    with pytest.raises(SettingsError, match="GAKUSHO_PKCS11_MODULES"):
        settings.read({"GAKUSHO_PKCS11_MODULES": "m.so"}, data=tmp_path)


def test_trusted_services_are_hosts_with_their_ports(tmp_path: Path) -> None:
    text = "TSA.example:3318, 10.20.30.40:8080 [fd00::1]:443"
    trusted = settings.read({"GAKUSHO_TRUSTED_SERVICES": text}, data=tmp_path).trusted_services
    assert trusted.named == {("tsa.example", 3318), ("10.20.30.40", 8080), ("fd00::1", 443)}
    assert settings.read({}, data=tmp_path).trusted_services.named == frozenset()


@pytest.mark.parametrize(
    "environment",
    [
        {"GAKUSHO_TLS_CERT": "a.pem"},
        {"GAKUSHO_TLS_KEY": "b.pem"},
        {"GAKUSHO_TLS_CERT": "a.pem", "GAKUSHO_TLS_KEY": "b.pem", "GAKUSHO_TLS_SELF_SIGNED": "1"},
    ],
)
def test_half_a_certificate_or_two_are_refused(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="GAKUSHO_TLS"):
        settings.read(environment, data=tmp_path)
