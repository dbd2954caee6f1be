# SPDX-License-Identifier: Apache-2.0
"""The library's front door: ``verify`` and ``issue`` with files, clock and network put in."""
