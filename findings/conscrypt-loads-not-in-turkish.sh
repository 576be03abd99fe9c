#!/usr/bin/env bash
# org.conscrypt:conscrypt-openjdk-uber 2.5.2, Conscrypt.newProvider on Linux.
#
# Guess: whether the native library inside the jar is found has nothing to do with the user's language.
# Seen: the library's name is made from os.name in small letters of the default locale. In Turkish "Linux" becomes
# "lınux" with a dotless i, no such library is there, and the provider cannot be made. A program that falls back to the
# JDK's own signatures is slower there, and one that does not fall back fails.
# Way out: Locale.setDefault(Locale.ROOT) before Conscrypt is touched.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
maven_jars org.conscrypt:conscrypt-openjdk-uber:2.5.2

cat >Seen.java <<'END'
public class Seen {
    public static void main(String[] args) {
        try {
            System.out.println("provider " + org.conscrypt.Conscrypt.newProvider().getName());
        } catch (UnsatisfiedLinkError e) {
            System.out.println(e.getMessage().replaceAll(" in java.library.path.*", ""));
        }
    }
}
END
javac -cp 'lib/*' Seen.java
seen() { LC_ALL=C.UTF-8 java -Dfile.encoding=UTF-8 -Dsun.stdout.encoding=UTF-8 "$@" -cp 'lib/*:.' Seen; }
expect "English: $(seen -Duser.language=en)
Turkish: $(seen -Duser.language=tr)" <<'END'
English: provider Conscrypt
Turkish: no conscrypt_openjdk_jni-lınux-x86_64
END
