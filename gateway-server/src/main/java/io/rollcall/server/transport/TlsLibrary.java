package io.rollcall.server.transport;

import io.netty.handler.ssl.OpenSsl;
import io.rollcall.server.config.NativeLibrary;
import java.io.IOException;
import java.util.List;

/** BoringSSL, the native library of TLS on the nodes' port. Without it the JDK's TLS would take over, without a word. */
public final class TlsLibrary {
    static {
        TlsDefaults.apply();
    }

    private static final NativeLibrary LIBRARY = new NativeLibrary(
            "netty-tcnative (TLS; it needs glibc)",
            List.of("io.netty.native.workdir", "io.netty.tmpdir", "io.netty.handler.ssl.noOpenSsl"));

    private TlsLibrary() {}

    /**
     * Loads it, if it is not loaded yet.
     *
     * @throws IOException if it cannot be; the message says why and what to do
     */
    public static void require() throws IOException {
        if (!OpenSsl.isAvailable()) {
            throw LIBRARY.failure(OpenSsl.unavailabilityCause());
        }
    }
}
