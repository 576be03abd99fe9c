# shellcheck shell=bash Shared functions of the scripts. Source it: it changes to the repository's root and sets
# CALLER_DIR to the caller's directory, to which paths on a command line are relative.

CALLER_DIR=$PWD
# In the locale C a JVM cannot open files with non-ASCII names, not even its own jars.
if [[ $(locale charmap 2>/dev/null) == ANSI_X3.4-1968 && $(locale -a 2>/dev/null) == *[Cc].[Uu][Tt][Ff]* ]]; then
  export LC_ALL=C.UTF-8
fi
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 1
export CALLER_DIR ROOT

# Prints progress.
say() { printf '%s\n' "==> $*"; }

# Ends the script with the reason and the remedy.
die() {
  printf '%s\n' "${0##*/}: $*" >&2
  exit 1
}

# apt_install WHAT PACKAGE...: installs the first of the packages that this Debian or Ubuntu has;
# elsewhere reports what is needed.
apt_install() {
  local what=$1 package
  shift
  if [[ ! -e /etc/debian_version || $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    die "$what is missing. Install it (on Debian or Ubuntu: apt-get install $1) and run this again."
  fi
  say "installing $what"
  apt-get -qq update || say "apt-get update failed; trying with the existing package lists"
  for package in "$@"; do
    apt-cache show "$package" >/dev/null 2>&1 || continue
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$package" >/dev/null ||
      die "apt-get install $package failed (see above). Put that right and run this again."
    return
  done
  die "$what is missing, and apt-get knows none of: $*. Install it and run this again."
}

# is_jdk BIN: succeeds if the directory has a complete JDK, 17 or later.
is_jdk() {
  local version
  [[ -x $1/java && -x $1/javac ]] || return 1
  version=$("$1/javac" -version 2>&1) || return 1
  [[ $version =~ javac\ ([0-9]+) ]] && ((BASH_REMATCH[1] >= 17))
}

# find_jdk: puts a JDK into PATH (and JAVA_HOME, which Maven prefers) if the machine has one.
find_jdk() {
  local javac home
  if [[ -n ${JAVA_HOME:-} ]] && is_jdk "$JAVA_HOME/bin"; then
    PATH=$JAVA_HOME/bin:$PATH
    return
  fi
  if javac=$(command -v javac) && is_jdk "$(dirname "$javac")"; then
    unset JAVA_HOME
    return
  fi
  for home in /usr/lib/jvm/*; do
    if is_jdk "$home/bin"; then
      export JAVA_HOME=$home PATH=$home/bin:$PATH
      return
    fi
  done
  return 1
}

# A JDK 17 or later.
need_jdk() {
  find_jdk && return
  apt_install "a JDK 17 or later" openjdk-17-jdk-headless openjdk-21-jdk-headless openjdk-25-jdk-headless
  find_jdk || die "no JDK 17 or later was found after installing one. Set JAVA_HOME to it and run this again."
}

# Maven. The build checks the version.
need_maven() {
  # Or it ends by resetting a terminal's colours, also where it writes into a file and has used none.
  export MAVEN_OPTS="${MAVEN_OPTS:-} -Djansi.noreset=true"
  command -v mvn >/dev/null || apt_install "Maven 3.8.7 or later" maven
}

# modules_for MODULE: prints the directories of the module and of the modules it is built from, one per line,
# according to the poms: a module's directory is the one whose pom names the artifact first after its parent.
modules_for() {
  local -a queue=("$1")
  local module artifact pom seen=" "
  while ((${#queue[@]})); do
    module=${queue[0]}
    queue=("${queue[@]:1}")
    [[ $seen == *" $module "* ]] && continue
    seen+="$module "
    echo "$module"
    for artifact in $(sed -n 's:.*<artifactId>\(rollcall-[a-z-]*\)</artifactId>.*:\1:p' "$module/pom.xml"); do
      pom=$(grep -l "^  <artifactId>$artifact</artifactId>" ./*/pom.xml ./*/*/pom.xml) || continue
      pom=${pom#./}
      queue+=("${pom%/pom.xml}")
    done
  done
}

# sources_of MODULE: prints what it is built from, one path a line.
sources_of() {
  local module
  printf '%s\n' pom.xml .mvn
  for module in $(modules_for "$1"); do
    printf '%s\n' "$module/pom.xml"
    [[ ! -e $module/src ]] || printf '%s\n' "$module/src"
  done
}

# is_fresh MODULE: succeeds if build() built it and none of its sources, which the stamp lists, has changed since.
is_fresh() {
  local stamp=$1/target/.built
  local -a sources
  [[ -s $stamp ]] && compgen -G "$1/target/*.jar" >/dev/null || return 1
  mapfile -t sources <"$stamp"
  # Directories count too: their time shows deleted files. A source that is gone is an error, which is output, too.
  [[ -z $(find "${sources[@]}" -newer "$stamp" -print -quit 2>&1) ]]
}

# build MODULE: builds its jar and dependencies, unless they are fresh. Builds wait for each other.
build() {
  local module=$1
  [[ -e $module/pom.xml ]] || die "there is no module $module"
  is_fresh "$module" && return
  need_jdk
  need_maven
  (
    command -v flock >/dev/null && flock 9
    is_fresh "$module" && exit 0 # somebody else has just built it
    if [[ -e $module/target/.built ]]; then
      say "building $module: what has changed"
    else
      say "building $module: the first time this takes some minutes (Maven fetches what it needs, and compiles)"
    fi
    mkdir -p "$module/target"
    sources_of "$module" >"$module/target/.began" # what changes while Maven runs is newer than this
    mvn -q -B -pl "$module" -am package -DskipTests 9<&- ||
      die "the build of $module failed (see above). Put that right and run this again."
    mv "$module/target/.began" "$module/target/.built"
  ) 9<pom.xml || exit 1
}

# class_path MODULE: the jars of a program.
class_path() {
  local jar
  jar=$(compgen -G "$ROOT/$1/target/rollcall-*.jar") || die "there is no jar of $1"
  echo "$jar:$ROOT/$1/target/lib/*"
}

# The class path of the gateway and its tools.
gateway_class_path() {
  class_path gateway-server
}

# class_archive MODULE: where the JDK in PATH has the classes of the module's jars, checked and laid out for mapping
# (class-data sharing): a gateway starts with two thirds of the CPU time. Fails for a JDK that does not say which it is.
class_archive() {
  local home
  home=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")") || return 1
  [[ -e $home/release ]] || return 1
  echo "$ROOT/$1/target/classes-$(cksum <"$home/release" | cut -d ' ' -f 1).jsa"
}

# is_of_these_jars MODULE ARCHIVE: it is there, and no jar has changed since.
is_of_these_jars() {
  local target=$ROOT/$1/target
  [[ -e $2 && -z $(find -H "$target"/rollcall-*.jar "$target/lib" -newer "$2" -print -quit) ]]
}

# use_shared_classes [MODULE]: sets SHARED_CLASSES to the options of a JVM with the class path of that module, or else
# the gateway; to none without an archive. With one that does not fit after all, a JVM starts without, and says nothing.
use_shared_classes() {
  local module=${1:-gateway-server} archive
  SHARED_CLASSES=()
  archive=$(class_archive "$module") && is_of_these_jars "$module" "$archive" || return 0
  SHARED_CLASSES=(-Xshare:auto "-XX:SharedArchiveFile=$archive" -Xlog:cds=off -Xlog:cds+dynamic=off)
}

# make_command_classes MODULE MAIN ARGUMENT...: makes that archive by a command that ends by itself, unless there is one.
# Where it fails, the command starts without. It is made from a list, for an archive made at exit has no classes of
# Java 5, as picocli's are.
make_command_classes() {
  local module=$1 archive
  shift
  archive=$(class_archive "$module") || return 0
  is_of_these_jars "$module" "$archive" && return
  (
    command -v flock >/dev/null && flock 9
    is_of_these_jars "$module" "$archive" && exit 0 # somebody else has just made it
    scratch=$(mktemp -d "$archive.XXXXXX") || exit 0
    trap 'rm -rf "$scratch"' EXIT
    touch "$scratch/began" # a jar that changes meanwhile is newer than the archive
    java "-XX:DumpLoadedClassList=$scratch/list" -cp "$(class_path "$module")" "$@" >"$scratch/said" 2>&1 9<&- &&
      java -Xshare:dump -XX:+UseG1GC -Xlog:disable "-XX:SharedClassListFile=$scratch/list" \
        "-XX:SharedArchiveFile=$scratch/classes" -cp "$(class_path "$module")" >"$scratch/said" 2>&1 9<&- || exit 0
    touch -r "$scratch/began" "$scratch/classes"
    rm -f "$ROOT/$module"/target/classes-*.jsa
    mv "$scratch/classes" "$archive" || true # in one step: a JVM that maps half an archive dies by SIGBUS
  ) 9<"$ROOT/$module/pom.xml"
}

# make_shared_classes CONFIG: makes that archive by a gateway with this configuration, which is started and ended; unless
# there is one. Costs about two starts, so it is for whoever starts many. Where it fails, gateways start without.
make_shared_classes() {
  local archive
  archive=$(class_archive gateway-server) || return 0
  is_of_these_jars gateway-server "$archive" && return
  (
    command -v flock >/dev/null && flock 9
    is_of_these_jars gateway-server "$archive" && exit 0 # somebody else has just made it
    scratch=$(mktemp -d "$archive.XXXXXX") || exit 0
    trap 'rm -rf "$scratch"' EXIT
    touch "$scratch/began" "$scratch/said" # a jar that changes meanwhile is newer than the archive
    java "-XX:ArchiveClassesAtExit=$scratch/classes" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xlog:disable \
      -cp "$(gateway_class_path)" io.rollcall.server.Main \
      --config "$1" --data-dir "$scratch/data" --port 0 --console-port 0 >"$scratch/said" 2>&1 9<&- &
    gateway_pid=$!
    for ((waited = 0; waited < 600; waited++)); do
      if grep -q '^Gateway ready' "$scratch/said" || ! kill -0 "$gateway_pid" 2>/dev/null; then
        break
      fi
      sleep 0.1
    done
    kill "$gateway_pid" 2>/dev/null || true
    wait "$gateway_pid" || true
    # One that did not start leaves an archive, too, with few classes in it.
    if [[ ! -s $scratch/classes ]] || ! grep -q '^Gateway ready' "$scratch/said"; then
      say "no archive of classes was made, so gateways start slower; the one that was to fill it said:"
      cat "$scratch/said"
      exit 0
    fi
    touch -r "$scratch/began" "$scratch/classes"
    rm -f "$ROOT"/gateway-server/target/classes-*.jsa
    # In one step: a JVM that maps half an archive does not fall back, it dies by SIGBUS.
    mv "$scratch/classes" "$archive" || true
  ) 9<"$ROOT/gateway-server/target/rollcall-gateway-server.jar"
}
