# need.sh - what a bare Debian 12 must have, and how it gets it. To be sourced: need PACKAGE ...
#
# Only what is missing is installed, by apt-get as root or through sudo; with everything there nothing is called at all.

BUILD_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config libgdal-dev libproj-dev libgeos-dev libssl-dev libjansson-dev \
                libsqlite3-dev libspatialite-dev libicu-dev libmicrohttpd-dev libsodium-dev zlib1g-dev libisal-dev \
                curl ca-certificates openssl"    # these three fetch the map library of the pages
TEST_PACKAGES="libcmocka-dev gdal-bin jq curl"    # ogrinfo and jq read what the program wrote, curl what it serves

say() {     # say ENGLISH CHINESE
  case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in zh*) printf '%s\n' "$2" ;; *) printf '%s\n' "$1" ;; esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing_of() {
  local package
  for package; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
  done
}

need() {
  local missing
  missing=$(missing_of "$@")
  [ -n "$missing" ] || return 0
  say "Installing from Debian: $missing" "正在从 Debian 安装：$missing"
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    say "Neither root nor sudo: please install these first: $missing" "既不是 root 也没有 sudo，请先安装：$missing" >&2
    return 1
  fi
  as_root apt-get update -qq </dev/null || return 1
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null
}
