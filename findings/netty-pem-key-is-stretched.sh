#!/usr/bin/env bash
# netty-handler 4.2.17.Final with netty-tcnative-boringssl-static 2.0.81.Final, SslContextBuilder.keyManager(File, File).
#
# Guess: a certificate and an unencrypted PEM key, handed to the native TLS library, cost what reading them costs.
# Seen: on the way the key goes into a key store in memory, of the JDK's default type PKCS12, under an empty password that
# is stretched by 10,000 rounds of HMAC-SHA256, and is taken out of it again. That is most of what a context costs, and it
# is paid for each: by a server at its start, by a program that gives each client a context of its own.
# Way out: keyStoreType("JKS"), which stretches nothing. The store never leaves memory.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
maven_jars io.netty:netty-handler:4.2.17.Final io.netty:netty-tcnative-boringssl-static:2.0.81.Final
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=node \
  -keyout key.pem -out cert.pem 2>openssl.log || { cat openssl.log >&2 && exit 1; }

cat >Seen.java <<'END'
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.File;
import java.lang.management.ManagementFactory;

public class Seen {
    private static final int CONTEXTS = 100;

    private static long cpuNanos(String type) throws Exception {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < CONTEXTS; i++) {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.OPENSSL)
                    .keyManager(new File("cert.pem"), new File("key.pem"));
            ReferenceCountUtil.release((type == null ? builder : builder.keyStoreType(type)).build());
        }
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    }

    public static void main(String[] args) throws Exception {
        cpuNanos(null);
        cpuNanos("JKS");
        long byDefault = cpuNanos(null);
        long withJks = cpuNanos("JKS");
        System.err.printf("CPU a context: %.1f ms by default, %.1f ms with JKS%n",
                byDefault / 1e6 / CONTEXTS, withJks / 1e6 / CONTEXTS);
        System.out.println("by default " + (byDefault > 4 * withJks ? "over" : "at most") + " four times the CPU time of JKS");
    }
}
END
expect "$(java -cp 'lib/*' Seen.java)" <<'END'
by default over four times the CPU time of JKS
END
