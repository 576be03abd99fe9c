# shellcheck shell=bash
# What the findings share. Source it: it makes a temporary folder, goes there, and removes it at the end.

set -euo pipefail
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
cd "$FOLDER"

# maven_jars GROUP:ARTIFACT:VERSION...: these and what they depend on, in lib/.
maven_jars() {
  local coordinates group artifact version dependencies=
  for coordinates in "$@"; do
    IFS=: read -r group artifact version <<<"$coordinates"
    dependencies+="<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>"
  done
  cat >pom.xml <<END
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>$dependencies</dependencies>
</project>
END
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib >maven.log 2>&1 ||
    { cat maven.log >&2 && return 1; }
}

# npm_packages NAME@VERSION...: these, in node_modules/.
npm_packages() {
  npm install --silent --no-fund --no-audit --no-save "$@" >npm.log 2>&1 || { cat npm.log >&2 && return 1; }
}

# expect SEEN: prints what was seen; fails unless it is the text on standard input.
expect() {
  local expected
  expected=$(cat)
  printf '%s\n' "$1"
  [[ $1 == "$expected" ]] || { printf 'This has changed. It was:\n%s\n' "$expected" >&2 && return 1; }
}

# debian_package NAME=VERSION: unpacked in root/, not installed.
debian_package() {
  chmod 755 . # apt fetches as a user of its own
  apt-get -qq download "$1" 2>apt.log || { cat apt.log >&2 && return 1; }
  dpkg -x ./*.deb root
}

# start_etcd: one member on a free port of loopback, ended with the script; ETCD is its address.
start_etcd() {
  local client peer
  read -r client peer < <(python3 -c 'import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in sockets))')
  ETCD=http://127.0.0.1:$client
  root/usr/bin/etcd --data-dir etcd --listen-client-urls "$ETCD" --advertise-client-urls "$ETCD" \
    --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" \
    --initial-cluster "default=http://127.0.0.1:$peer" >etcd.log 2>&1 &
  trap 'kill '"$!"'; wait '"$!"' || true; rm -rf "$FOLDER"' EXIT
  local try
  for try in {1..100}; do
    curl -s -o ready.json -m 1 "$ETCD/health" && return
    sleep 0.1
  done
  cat etcd.log >&2
  return 1
}

# etcd PATH JSON [CURL OPTIONS]: asks, for a second at most where it is a stream; without the header's ids, which are others each time.
etcd() {
  local method=$1 body=$2
  shift 2
  curl -s -m 1 "$@" "$ETCD/v3/$method" -d "$body" |
    sed -E 's/"(cluster_id|member_id|raft_term)":"[0-9]+",?//g; s/,\}/}/g' || [[ ${PIPESTATUS[0]} == 28 ]]
}
