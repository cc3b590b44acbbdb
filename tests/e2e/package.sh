#!/bin/bash
# package.sh - installed as people expect: every file in its place, a manual page that man lays out without a warning, completions, a unit that
# systemd takes, and a package with its dependencies, its user and its configuration.
set -euo pipefail
. "$(dirname "$0")/station.bash"
command -v cmake >/dev/null || { echo "skipped: no cmake"; exit 77; }
build=$(dirname "$GRIDPATROL")
[ -f "$build/CPackConfig.cmake" ] || { echo "skipped: $build is no release build"; exit 77; }
cmake --build "$build" --target package_files >"$home/built" 2>&1 || fail "$(tail -5 "$home/built")"
cmake --install "$build" --prefix "$home/usr" >"$home/installed" || fail "cmake --install"
for file in bin/gridpatrol share/man/man1/gridpatrol.1.gz share/man/zh_CN/man1/gridpatrol.1.gz share/bash-completion/completions/gridpatrol \
  lib/systemd/system/gridpatrol.service share/doc/gridpatrol/README.md share/doc/gridpatrol/copyright; do
  [ -f "$home/usr/$file" ] || fail "$file is not installed"
done
same "the version" "$("$home/usr/bin/gridpatrol" --version)" "$(gp --version)"

# The manual page: whole, and laid out.
gunzip -c "$home/usr/share/man/man1/gridpatrol.1.gz" >"$home/page.1"
for command in $(gp help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do grep -q "^\.SS $command$" "$home/page.1" || fail "the manual says nothing of $command"; done
if command -v man >/dev/null && command -v groff >/dev/null; then
  MANWIDTH=100 LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l "$home/page.1" >"$home/laid" 2>"$home/warned" || fail "man: $(head -3 "$home/warned")"
  [ ! -s "$home/warned" ] || fail "man warns: $(head -3 "$home/warned")"
  grep -q -- '--min-area M2' "$home/laid" || fail "the page has no options"
  LC_ALL=C.UTF-8 man -E UTF-8 -l <(gunzip -c "$home/usr/share/man/zh_CN/man1/gridpatrol.1.gz") 2>/dev/null | grep -q 退出状态 || fail "the Chinese page is not Chinese"
fi

# Completions, as bash asks for them.
complete_at() { bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gridpatrol; echo "${COMPREPLY[*]}"' - "$home/usr/share/bash-completion/completions/gridpatrol" "$@"; }
same "a command" "$(complete_at gridpatrol ser)" serve
same "what a command does" "$(complete_at gridpatrol cells m)" make
same "one of several" "$(complete_at gridpatrol case pap)" paper
same "an option" "$(complete_at gridpatrol diff --min-a)" --min-area
same "help knows the commands" "$(complete_at gridpatrol help dif)" diff
(cd "$home" && same "a file" "$(complete_at gridpatrol diff page)" page.1)

# The unit.
if command -v systemd-analyze >/dev/null; then
  sed "s|/usr/bin/gridpatrol|$home/usr/bin/gridpatrol|; s|^User=.*|User=root|; s|^Group=.*|Group=root|" "$home/usr/lib/systemd/system/gridpatrol.service" >"$home/gridpatrol.service"
  systemd-analyze verify --man=no "$home/gridpatrol.service" 2>&1 | grep gridpatrol.service >"$home/verified" || true
  [ ! -s "$home/verified" ] || fail "systemd: $(cat "$home/verified")"
  exposure=$(systemd-analyze security --offline=true "$home/gridpatrol.service" 2>/dev/null | sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p' || true)
  [ -z "$exposure" ] || awk -v e="$exposure" 'BEGIN { exit !(e < 3) }' || fail "the unit is exposed: $exposure"
fi

# The package.
if command -v dpkg-shlibdeps >/dev/null && command -v dpkg-deb >/dev/null; then
  (cd "$home" && cpack --config "$build/CPackConfig.cmake" -B "$home/package" >"$home/packed" 2>&1) || fail "cpack: $(tail -3 "$home/packed")"
  deb=$(ls "$home"/package/gridpatrol_*.deb)
  dpkg-deb -f "$deb" Depends >"$home/depends"
  for library in libgdal libproj libsqlite3 libspatialite libmicrohttpd libsodium adduser; do grep -q "$library" "$home/depends" || fail "the package does not depend on $library"; done
  dpkg-deb -c "$deb" >"$home/content"
  for file in ./usr/bin/gridpatrol ./usr/lib/systemd/system/gridpatrol.service ./etc/gridpatrol/gridpatrol.conf ./usr/share/man/man1/gridpatrol.1.gz; do grep -q " $file$" "$home/content" || fail "the package has no $file"; done
  grep -vE ' \./(usr|etc)?/?' "$home/content" && fail "the package has files elsewhere"
  dpkg-deb -e "$deb" "$home/control"
  same "configuration" "$(cat "$home/control/conffiles")" /etc/gridpatrol/gridpatrol.conf
  for script in postinst prerm postrm; do sh -n "$home/control/$script" && [ -x "$home/control/$script" ] || fail "$script"; done
fi
echo "package: fine"
