# SPDX-License-Identifier: Apache-2.0
"""The limit: nothing but the Ed25519 operation of ``cryptography``, over 64 bytes as a suite signs them."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.engines import _clock


def main() -> None:
    """Sign, or verify, one message again and again."""
    folder, _, operation, count, warm_up = _clock.asked()
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_clock.surroundings(folder)["seed"]))
    message = bytes(range(64))
    signature, public = key.sign(message), key.public_key()

    def some(amount: int) -> None:
        if operation == "verify":
            for _ in range(amount):
                public.verify(signature, message)
        else:
            for _ in range(amount):
                key.sign(message)

    _clock.timed(lambda: some(warm_up), lambda: some(count), count, signature.hex())


if __name__ == "__main__":
    main()
