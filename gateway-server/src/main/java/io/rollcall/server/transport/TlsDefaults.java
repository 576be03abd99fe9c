package io.rollcall.server.transport;

/**
 * Disables TLS session resumption for the whole process. A resumed session sends no certificate and passes no trust
 * manager, so a client with a withdrawn certificate could return through it. Process-wide, the JDK's own TLS included,
 * so that no context is missed. If applied too late, the {@link io.rollcall.server.identity.grpc.IdentityInterceptor}
 * still refuses calls on connections without a certificate.
 */
public final class TlsDefaults {
    private TlsDefaults() {}

    /** Call before any TLS class is loaded: netty and the JDK read these properties once. Idempotent. */
    public static void apply() {
        System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
        System.setProperty("io.netty.handler.ssl.openssl.sessionCacheServer", "false");
    }
}
