# SPDX-License-Identifier: Apache-2.0
"""The limit: RSA-3072 signatures a second, as ``openssl speed`` counts them."""

from __future__ import annotations

import json
import subprocess

from bench.engines import _clock

SECONDS = 3


def main() -> None:
    """Let OpenSSL sign for some seconds; it counts by CPU time."""
    _clock.asked()
    command = ["openssl", "speed", "-mr", "-seconds", str(SECONDS), "rsa3072"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (line,) = (line for line in said.splitlines() if line.startswith("+F2:"))
    seconds_each = 1 / float(line.split(":")[3])
    print(json.dumps({"count": 1, "wall": seconds_each, "cpu": seconds_each, "digest": ""}))


if __name__ == "__main__":
    main()
