# SPDX-License-Identifier: Apache-2.0
"""Pages and HTTP APIs: requests to calls, results to pages."""
