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
