# SPDX-License-Identifier: Apache-2.0
"""Commands: one file per group.

Heavy imports stand inside the commands, so that ``gakusho --help`` answers at once.
"""
