# SPDX-License-Identifier: Apache-2.0
"""The `paddock` command as a person and a script use it, against both servers."""
