# SPDX-License-Identifier: Apache-2.0
"""The certificate a server shows is the operator's, or one made for this machine and kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from gakusho import settings
from gakusho.cli import _tls
from gakusho.errors import SettingsError


def names(file: Path) -> set[str]:
    made = x509.load_pem_x509_certificate(file.read_bytes())
    stated = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(one.value) for one in stated}


def test_it_is_made_once_for_this_machine_and_its_key_is_nobody_elses_to_read(tmp_path: Path) -> None:
    first, key = _tls.self_signed(tmp_path / "tls", "127.0.0.1")
    content = first.read_bytes()
    assert names(first) == {"localhost", "127.0.0.1", "::1"}
    assert key.stat().st_mode & 0o077 == 0
    assert _tls.self_signed(tmp_path / "tls", "127.0.0.1")[0].read_bytes() == content


def test_it_is_made_anew_for_another_name_or_before_it_ends(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first = _tls.self_signed(tmp_path, "127.0.0.1", now=now)[0].read_bytes()
    named = _tls.self_signed(tmp_path, "desk.sakura.example", now=now)[0]
    assert "desk.sakura.example" in names(named)
    second = named.read_bytes()
    assert second != first
    assert (
        _tls.self_signed(tmp_path, "desk.sakura.example", now=now + timedelta(days=396))[0].read_bytes()
        != second
    )


def test_without_a_certificate_it_speaks_http(tmp_path: Path) -> None:
    assert _tls.files(settings.read({}, data=tmp_path)) is None


def test_the_operators_files_are_taken_and_what_is_none_is_told(tmp_path: Path) -> None:
    pair = _tls.self_signed(tmp_path / "made", "localhost")
    read = settings.read({}, data=tmp_path, tls_cert=pair[0], tls_key=pair[1])
    assert _tls.files(read) == pair
    for cert, key in ((pair[0], pair[0]), (tmp_path / "none.pem", pair[1]), (pair[1], pair[1])):
        with pytest.raises(SettingsError, match="GAKUSHO_TLS_CERT"):
            _tls.files(settings.read({}, data=tmp_path, tls_cert=cert, tls_key=key))
