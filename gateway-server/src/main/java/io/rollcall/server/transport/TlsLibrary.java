package io.rollcall.server.transport;

import io.netty.handler.ssl.OpenSsl;
import io.rollcall.server.config.NativeLibrary;
import java.io.IOException;
import java.util.List;

/** Loads BoringSSL, the native TLS library of the nodes' port. Without it the JDK's TLS would be used silently. */
public final class TlsLibrary {
    static {
        TlsDefaults.apply();
    }

    private static final NativeLibrary LIBRARY = new NativeLibrary(
            "netty-tcnative (TLS; it needs glibc)",
            List.of("io.netty.native.workdir", "io.netty.tmpdir", "io.netty.handler.ssl.noOpenSsl"));

    private TlsLibrary() {}

    /**
     * Loads the library unless already loaded.
     *
     * @throws IOException if it cannot be loaded; the message says why and what to do
     */
    public static void require() throws IOException {
        if (!OpenSsl.isAvailable()) {
            throw LIBRARY.failure(OpenSsl.unavailabilityCause());
        }
    }
}
