# SPDX-License-Identifier: Apache-2.0
"""Signature suites: one file each."""
