# SPDX-License-Identifier: Apache-2.0
"""Settings, read once, by cli and web only."""
