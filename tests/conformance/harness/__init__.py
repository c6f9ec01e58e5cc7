# SPDX-License-Identifier: Apache-2.0
"""What the conformance tests share: servers, the raw wire client, comparison, reporting."""
