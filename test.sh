#!/bin/bash
# test.sh - everything that must hold, on a bare Debian 12 (root or sudo): installs what is missing, builds dev (address and
# undefined behaviour sanitizers, warnings are errors) and release, and runs all tests. Exit status 0 only when all passed.
#
#   ./test.sh              all
#   ./test.sh -R near      what ctest selects (any ctest options)
set -euo pipefail
cd "$(dirname "$0")"
. scripts/need.sh
need $BUILD_PACKAGES $TEST_PACKAGES

for preset in release dev; do
  say "== Building $preset" "== 编译 $preset"
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset"
done

fixtures=${GRIDPATROL_FIXTURES:-../shared/fixtures}
[ -d "$fixtures" ] || say "No real layers at $fixtures: the tests that need them say so and are skipped" \
                          "没有真实数据（$fixtures）：需要它们的测试会注明并跳过"
say "== Testing" "== 测试"
ctest --preset dev -j "$(nproc)" "$@" </dev/null
