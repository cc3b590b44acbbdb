#!/bin/bash
# demo.sh - the whole story in minutes, on a bare Debian 12 (root or sudo). First one city surveyed twice and compared; then a
# district with its register and its permits, from the delivered files to what the agencies find in their queues. All of it is
# made up by our own code from a seed, so that every answer can be held against the truth. Works in out/, which it makes anew.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/need.sh
need $BUILD_PACKAGES

say "== Building" "== 编译"
cmake --preset release >/dev/null
cmake --build --preset release --target gridpatrol city district | tail -n 1
mkdir -p out
PATH=$PWD/build/release:$PATH
started=$SECONDS

shown() {   # shown COMMAND ... : the command as one would type it, then what it says
  local word
  printf '\n$'
  for word; do
    case $word in *[\ \;\&\|\(\)\<\>\$\*]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\n'
  "$@" 2>&1
}

say "
== 1. Two surveys of one city: 5000 buildings, digitised twice, up to 2 m apart, with a seam" "
== 一、同一座城市的两期普查：5000 栋建筑，两次独立采集，局部偏移最大 2 米，带接边错位"
shown city make --out out --buildings 5000 --seed 7 --stock mixed --noise 0.15 --shift 2 --shift-length 180 --seam 0.3
say "
What was really built? Then the answer is held against the truth." "
哪些是真正的建设变化？答案再与真值对照。"
shown gridpatrol diff out/before.gpkg out/after.gpkg -o out/changes.gpkg --html out/report.html
shown gridpatrol score out/changes.gpkg out/truth.gpkg

in=out/deliveries station=out/district
rm -rf "$in" "$station" out/district-changes.gpkg
say "
== 2. A district of 20000 buildings: what the administration delivers, made up from a seed" "
== 二、一个 20000 栋建筑的辖区：各部门交来的资料（按随机种子虚构）"
shown district make --out $in --seed 2026

say "
== 3. The station: streets and communities, controlled zones, permits, what stands in the streets" "
== 三、建站：街道与社区、管控区、规划许可、各类部件"
shown gridpatrol init $station --district 320699 --name 江澜区 --name-en "Jianglan District" --crs EPSG:4549 --baseline 2025-06-01
shown gridpatrol load $station area $in/streets.gpkg --source 民政局
shown gridpatrol load $station area $in/communities.gpkg --source 民政局
#CELLS
shown gridpatrol load $station zone $in/zones.gpkg --source 自然资源和规划局
shown gridpatrol load $station permit $in/permits.gpkg --source 自然资源和规划局 --id-field 许可证号
for layer in billboard shop_sign recycling_point public_toilet transfer_station; do
  shown gridpatrol load $station $layer $in/${layer}s.geojson --id-field id
done
for layer in construction_site waste_dump; do
  shown gridpatrol load $station $layer $in/${layer}s.gpkg --id-field id
done
say "
The collection points came from a map service, in GCJ-02: taken by that name, its error added to their accuracy." "
清运点来自地图服务，坐标为 GCJ-02：按名称接收，其误差计入精度。"
shown gridpatrol load $station collection_point $in/collection_points_gcj02.geojson --crs GCJ-02 --id-field id

say "
== 4. Two surveys, and what was built between them" "
== 四、两期普查，以及其间新建了什么"
shown gridpatrol survey add $station $in/before.gpkg --name 2025 --date 2025-05-10 --accuracy-m 0.3 --id-field id --height-field height_m
shown gridpatrol survey add $station $in/after.gpkg --name 2026 --date 2026-10-20 --accuracy-m 0.3 --id-field id --height-field height_m
shown gridpatrol compare $station 2025 2026
say "
The ten most suspected, with reasons for and against." "
十处最可疑的违建，附支持与反对的理由。"
shown gridpatrol changes $station --limit 10
say "
Held against the truth: first what changed, then what is lawful." "
与真值对照：先看变化，再看合法性。"
shown gridpatrol changes $station -o out/district-changes.gpkg
shown gridpatrol score out/district-changes.gpkg $in/truth.gpkg
shown district score $in out/district-changes.gpkg
