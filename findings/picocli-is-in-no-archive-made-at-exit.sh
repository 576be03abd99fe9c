#!/usr/bin/env bash
# picocli 4.7.7 in a class-data archive of the JDK 17.
#
# Guessed: a command line's archive, made by -XX:ArchiveClassesAtExit, has the classes of the library that reads its
# arguments, as it has those of the JDK and of other jars.
# Seen: not one. picocli's classes are of Java 5 (class file version 49), and the archive made at exit leaves out what is
# older than version 50; it says so only with -Xlog:cds. An archive made from a list of classes (-Xshare:dump with
# -XX:SharedClassListFile) has them since JDK 17.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
maven_jars info.picocli:picocli:4.7.7

cat >Seen.java <<'END'
public class Seen {
    public static void main(String[] args) {
        System.exit(new picocli.CommandLine(picocli.CommandLine.Model.CommandSpec.create()).getSubcommands().size());
    }
}
END
javac -cp 'lib/*' -d classes Seen.java
jar cf seen.jar -C classes .
jars=seen.jar:lib/picocli-4.7.7.jar

# from ARCHIVE: how many of picocli's classes come from it, as a word.
from() {
  java -XX:SharedArchiveFile="$1" -Xlog:class+load:file=loaded.log -cp "$jars" Seen
  local all archived
  all=$(grep -c 'picocli\.' loaded.log)
  archived=$(grep 'picocli\.' loaded.log | grep -c 'shared objects' || true)
  if ((archived == 0)); then echo none; elif ((archived > all / 2)); then echo most; else echo some; fi
}

java -XX:ArchiveClassesAtExit=exit.jsa -Xlog:disable -cp "$jars" Seen
java -XX:DumpLoadedClassList=list -cp "$jars" Seen
java -Xshare:dump -Xlog:disable -XX:SharedClassListFile=list -XX:SharedArchiveFile=list.jsa -cp "$jars"
expect "made at exit: $(from exit.jsa)
made from a list: $(from list.jsa)" <<'END'
made at exit: none
made from a list: most
END
