# SPDX-License-Identifier: Apache-2.0
"""Micro-credential descriptors, qualification levels and credit rules: data and pure checks."""
