# SPDX-License-Identifier: Apache-2.0
"""The 1EdTech interfaces: Open Badges 3.0 under ``/ims/ob/v3p0``, CLR 2.0 under ``/ims/clr/v2p0``."""
