# SPDX-License-Identifier: Apache-2.0
"""One file, one engine: reads the same documents, does one kind of work, prints what it took.

Each is a program of its own: ``ENGINE FIXTURE OPERATION COUNT WARM-UP``. It prints one JSON object:
``count``, ``wall`` and ``cpu`` (seconds), and ``digest``, the SHA-256 of what came out first, by which
engines that must give the same are compared.
"""
