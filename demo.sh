#!/bin/bash
# demo.sh - the whole story in minutes, on a bare Debian 12 (root or sudo). First one city surveyed twice and compared; then a
# district with its register and its permits, from the delivered files to what the agencies find in their queues. All of it is
# made up by our own code from a seed, so that every answer can be held against the truth. Works in out/, which it makes anew.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/need.sh
need $BUILD_PACKAGES gdal-bin

say "== Building" "== 编译"
cmake --preset release >/dev/null
cmake --build --preset release --target gridpatrol city district | tail -n 1
mkdir -p out
PATH=$PWD/build/release:$PATH
started=$SECONDS
say "The commands below are in build/release: PATH=$PWD/build/release:\$PATH" "以下命令位于 build/release：PATH=$PWD/build/release:\$PATH"

shown() {   # shown COMMAND ... : the command as one would type it, then what it says
  local word
  printf '\n$'
  for word; do
    case $word in *[\ \;\&\|\(\)\<\>\$\*]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '%s\n' "${into:+ >$into}"
  if [ -n "${into:-}" ]; then "$@" 2>&1 >"$into"; else "$@" 2>&1; fi
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

in=out/deliveries station=out/district confirmed=30
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
The people who work here, and the agencies. The administrator keeps accounts and sees no case: --as says who asks." "
在此工作的人员与各单位。管理员只管账号、看不到案卷：由 --as 指明是谁在查询。"
gridpatrol agency add $station 2>&1
for person in 李敏:analyst 王建平:coordinator 陈志强:inspector 周文:checker 孙国华:chief; do
  shown gridpatrol actor add $station "${person%:*}" --role "${person#*:}"
done

say "
== 4. Two surveys, and what was built between them" "
== 四、两期普查，以及其间新建了什么"
shown gridpatrol survey add $station $in/before.gpkg --name 2025 --date 2025-05-10 --accuracy-m 0.3 --id-field id --height-field height_m
shown gridpatrol survey add $station $in/after.gpkg --name 2026 --date 2026-10-20 --accuracy-m 0.3 --id-field id --height-field height_m
say "
The patrol grid: communities cut along the main streets and the river into cells of about a hectare, around the houses of
the newer survey; whatever is registered learns its cell. Then the check: gaps and overlaps to the square millimetre." "
单元网格：沿主要道路和河流把社区划成约一公顷的网格，不切割新一期普查的建筑；已登记的事物随之归格。随后检查：缝隙与重叠精确到平方毫米。"
shown gridpatrol cells make $station --all --lines $in/lines.geojson --default
into=out/cells.txt shown gridpatrol cells check $station -o out/cells-findings.gpkg || checked=no
grep '^error' out/cells.txt || true
tail -n 1 out/cells.txt
[ -z "${checked:-}" ] || say "The errors above are in the findings' layer too; the story goes on." "上列错误也在检查结果图层中；演示继续。"
shown gridpatrol compare $station 2025 2026
say "
The ten most suspected, with reasons for and against." "
十处最可疑的违建，附支持与反对的理由。"
shown gridpatrol changes $station --limit 10 --as 李敏
say "
Held against the truth: first what changed, then what is lawful." "
与真值对照：先看变化，再看合法性。"
shown gridpatrol changes $station -o out/district-changes.gpkg --as 李敏
shown gridpatrol score out/district-changes.gpkg $in/truth.gpkg
shown district score $in out/district-changes.gpkg

say "
== 5. What people decide: nothing becomes a case without a person's name on it" "
== 五、由人定夺：没有人签名，什么都不会成为案卷"
shown gridpatrol calendar load $station $in/calendar-2025.json $in/calendar-2026.json $in/calendar-2027.json
say "
An analyst would look at each on the newest image. Here the first $confirmed of the list are confirmed unseen." "
分析员本应逐一对照最新影像；这里直接确认清单的前 $confirmed 处。"
first=$(gridpatrol changes $station --state open --limit $confirmed --as 李敏 | sed -n 's/^\([0-9]*\)[.] .*/\1/p' | tr '\n' ' ')
review() { gridpatrol review $station "$1" confirm --as 李敏 --note demo; }
for number in $first; do
  if [ -z "${reviewed:-}" ]; then shown gridpatrol review $station "$number" confirm --as 李敏 --note demo; else review "$number" >/dev/null; fi
  reviewed=yes
done
say "... and so on: $first" "……依此类推：$first"

say "
== 6. Rules open cases and draft leads for the agencies; a dry run says which and why" "
== 六、规则立案并为各单位起草线索；试运行说明哪条规则、为什么"
into=out/routing.txt shown gridpatrol route $station --dry-run --as 王建平
head -n 6 out/routing.txt
into=out/routed.txt shown gridpatrol route $station --as 王建平

say "
The cases on their way: photo, submitted, filed, dispatched; their leads approved and sent. The first one is shown, the
others go the same way. An empty picture stands in for the inspector's photo." "
案卷往下走：拍照、上报、立案、派遣；其线索经审批后移交。只展示第一件，其余相同。（用一张空白图片代替巡查员的照片）"
base64 -d >out/photo.png <<'PNG'
iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
PNG
bring_forward() {   # bring_forward CASE
  shown gridpatrol case photo $station "$1" --file out/photo.png --as 陈志强
  shown gridpatrol case move $station "$1" submit --as 陈志强
  shown gridpatrol case move $station "$1" register --as 周文
  shown gridpatrol case move $station "$1" dispatch --agency urban_management --as 王建平
  for lead in $(grep -F "  $1  " out/leads.txt | cut -d ' ' -f 1); do
    shown gridpatrol lead move $station "$lead" approve --as 孙国华
    shown gridpatrol lead move $station "$lead" send --as 王建平
  done
}
gridpatrol lead list $station --open --as 孙国华 >out/leads.txt
gridpatrol case list $station --open --as 孙国华 | cut -d ' ' -f 1 >out/cases.txt
bring_forward "$(head -n 1 out/cases.txt)"
for number in $(tail -n +2 out/cases.txt); do bring_forward "$number" >/dev/null; done

say "
== 7. What each agency finds in its queue, by deadline" "
== 七、各单位的队列，按时限排序"
for agency in $(gridpatrol agency list $station | cut -d ' ' -f 1); do
  gridpatrol queue $station "$agency" --as 孙国华 >out/queue.txt
  [ -s out/queue.txt ] || continue
  shown gridpatrol queue $station "$agency" --as 孙国华 | sed -n 1,7p
  more=$(($(wc -l <out/queue.txt) - 5))
  [ "$more" -le 0 ] || say "... and $more more" "……另有 $more 条"
done

say "
== 8. Nobody changed anything behind the station's back" "
== 八、没有人绕过系统改动任何记录"
shown gridpatrol audit verify $station
shown gridpatrol verify $station

say "
== 9. The station over HTTP: a map and pages for people, data for QGIS and scripts" "
== 九、通过 HTTP 发布：地图与页面供人使用，数据供 QGIS 与脚本调用"
gridpatrol actor password $station 孙国华 <<<"walk the grid 2026" >/dev/null 2>&1
begin_service() {   # begin_service ADDRESS: false when it is taken
  build/release/gridpatrol serve $station --listen "$1" >out/serve.txt 2>&1 &
  service=$!
  for _ in $(seq 200); do grep -q http out/serve.txt && return; kill -0 $service 2>/dev/null || return 1; sleep 0.05; done
  return 1
}
stays=yes
if [ -n "${CI:-}" ] || [ ! -t 1 ]; then stays=; fi
trap 'kill $service 2>/dev/null' EXIT
{ [ -n "$stays" ] && begin_service 127.0.0.1:8080; } || begin_service 127.0.0.1:0 || { cat out/serve.txt; exit 1; }
url=$(grep -o 'http://[0-9.:]*' out/serve.txt)
printf '\n$ gridpatrol serve %s\n' "$station"
cat out/serve.txt
shown ogrinfo -ro -so "OAPIF:$url" shop_sign | sed -n '1,12p'

answers() {   # answers ADDRESS TYPE [WORDS]: what a browser or a map program is given there
  local type
  type=$(curl -sS -f -o out/page -w '%{content_type}' -b out/cookies -c out/cookies "$url$1") && case $type in "$2"*) grep -qF -- "${3:-}" out/page ;; *) false ;; esac ||
    { say "$url$1 does not answer as it should" "$url$1 的应答不正确"; exit 1; }
}
rm -f out/cookies
answers '/?f=html&lang=zh' text/html 江澜区
answers '/collections/shop_sign/items?limit=5' application/geo+json '"numberReturned":5'
answers '/collections/collection_point/tiles/WebMercatorQuad/0/0/0' application/vnd.mapbox-vector-tile
curl -sS -o /dev/null -c out/cookies "$url/sign-in" -d name=孙国华 --data-urlencode "password=walk the grid 2026"
answers '/cases/320699-WJ-2026-00001?f=html' text/html 320699-WJ-2026-00001
answers '/collections/case/items?f=html' text/html /collections/case/items/
rm -f out/cookies out/page
say "The map, the features, the tiles, and a case for who signed in: all of them answer." "地图、要素、瓦片，以及登录后的案卷：均已验证可用。"

say "
Done in $((SECONDS - started)) s. Where to look next:
  the changes of the city, for QGIS:      out/changes.gpkg, and out/report.html for a browser
  the station, for QGIS as it is:         $station/gridpatrol.sqlite
  what was delivered, and the truth:      $in, $in/district.json
  what the check of the cells found:      out/cells-findings.gpkg
  one case from beginning to end:         build/release/gridpatrol case show $station 320699-WJ-2026-00001 --as 孙国华
  figures of the work:                    build/release/gridpatrol report $station --as 孙国华
  everything else:                        build/release/gridpatrol help" "
用时 $((SECONDS - started)) 秒。接下来可以看：
  城市变化图斑（QGIS）与比对报告：    out/changes.gpkg，out/report.html（浏览器）
  站点本身（QGIS 可直接打开）：       $station/gridpatrol.sqlite
  各部门资料与真值：                  $in，$in/district.json
  网格检查结果：                      out/cells-findings.gpkg
  一件案卷的始末：                    build/release/gridpatrol case show $station 320699-WJ-2026-00001 --as 孙国华
  工作指标：                          build/release/gridpatrol report $station --as 孙国华
  其他命令：                          build/release/gridpatrol help"

if [ -z "$stays" ]; then
  say "
The service stops with the demo. To have it again: build/release/gridpatrol serve $station, then http://127.0.0.1:8080/" "
服务随演示结束。再次启动：build/release/gridpatrol serve $station，然后打开 http://127.0.0.1:8080/"
else
  say "
The district is served until Ctrl-C. Open in a browser:
  the map:                                $url/
  sign in (孙国华, walk the grid 2026):   $url/sign-in
  the first case:                         $url/cases/320699-WJ-2026-00001
  a queue:                                $url/agencies/natural_resources/queue
  all data, and for QGIS (WFS / OGC API - Features):  $url/collections" "
辖区服务运行中，按 Ctrl-C 停止。用浏览器打开：
  地图：                              $url/
  登录（孙国华，walk the grid 2026）：    $url/sign-in
  第一件案卷：                        $url/cases/320699-WJ-2026-00001
  移交队列：                          $url/agencies/natural_resources/queue
  全部数据，及 QGIS（WFS / OGC API - Features）：  $url/collections"
  trap 'kill $service 2>/dev/null' INT
  wait $service || true
fi
kill $service 2>/dev/null || true
wait $service || true
trap - EXIT
