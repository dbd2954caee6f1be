# SPDX-License-Identifier: Apache-2.0
"""Hostile input: the worst cases anybody could think of, and a machine that looks for more. ``make fuzz``."""
