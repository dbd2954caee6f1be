# SPDX-License-Identifier: Apache-2.0
"""Sign-in, session and cross-site protection."""
