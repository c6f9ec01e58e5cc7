# SPDX-License-Identifier: Apache-2.0
"""Scripts of real clients, and what runs them."""
