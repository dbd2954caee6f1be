# SPDX-License-Identifier: Apache-2.0
"""What a credential says: frozen dataclasses with no I/O and no format.

Import each name from the module where it lives.
"""
