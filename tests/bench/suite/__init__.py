# SPDX-License-Identifier: Apache-2.0
"""The benchmark suite that tests/bench/run drives."""
