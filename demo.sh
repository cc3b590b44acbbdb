#!/bin/bash
# demo.sh - the whole story in a minute, on a bare Debian 12 (root or sudo): makes a city before and after some years of
# building, as two survey firms would have drawn it, compares both and scores the answer against the truth.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/need.sh
need $BUILD_PACKAGES

say "== Building" "== 编译"
cmake --preset release >/dev/null
cmake --build --preset release --target gridpatrol city | tail -n 1
bin=build/release
mkdir -p out

say "== Two surveys of one city: 5000 buildings, digitised twice, up to 2 m apart, with a seam" \
    "== 同一座城市的两期普查：5000 栋建筑，两次独立采集，局部偏移最大 2 米，带接边错位"
$bin/city make --out out --buildings 5000 --seed 7 --stock mixed --noise 0.15 --shift 2 --shift-length 180 --seam 0.3

say "== What was really built?" "== 哪些是真正的建设变化？"
$bin/gridpatrol diff out/before.gpkg out/after.gpkg -o out/changes.gpkg --html out/report.html

say "== Held against the truth" "== 与真值对照"
$bin/gridpatrol score out/changes.gpkg out/truth.gpkg

say "
The changes, for QGIS:    $PWD/out/changes.gpkg
The report, for a browser: $PWD/out/report.html" "
变化图斑（用 QGIS 打开）：$PWD/out/changes.gpkg
比对报告（用浏览器打开）：$PWD/out/report.html"
