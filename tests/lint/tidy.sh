#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs clang-tidy over files that are compiled: tests/lint/tidy.sh [--all | folder or file...]
# Without arguments: over what differs from the main branch. Not part of the tests, because it takes
# minutes. BUILD names the build folder whose compile commands are used (default build).
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
[ -f "$build/compile_commands.json" ] || cmake --preset release >/dev/null

if [ "${1:-}" = --all ]; then
  mapfile -t files < <(git ls-files 'server/*.cpp' 'client/*.cpp' 'operator/*.cpp')
elif [ $# -gt 0 ]; then
  mapfile -t files < <(git ls-files -co --exclude-standard -- "$@" | grep '\.cpp$')
else
  base=$(git merge-base HEAD "$(git rev-parse --verify -q origin/main || git rev-parse main)")
  mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- 'server/*.cpp' 'client/*.cpp')
fi
[ ${#files[@]} -gt 0 ] || { echo "nothing to check"; exit 0; }

# The build is g++'s: clang is not to mind its warnings, and needs to be told that it knows concepts,
# or libstdc++ 12 hides std::expected from it.
printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "${JOBS:-2}" clang-tidy-19 -p "$build" --quiet \
  --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-builtin-macro-redefined \
  --extra-arg=-D__cpp_concepts=202002L
echo "${#files[@]} files are clean"
