package io.rollcall.server.transport;

/**
 * Turns TLS session resumption off for the whole process. A resumed session brings no certificate and passes no trust
 * manager, so a client whose certificate was withdrawn would come back through it. For the whole process, the JDK's own
 * TLS included, so that no context can be forgotten. Should it come too late all the same, the
 * {@link io.rollcall.server.identity.grpc.IdentityInterceptor} still refuses each call of a connection without certificate.
 */
public final class TlsDefaults {
    private TlsDefaults() {}

    /** Call before any TLS class is loaded: netty and the JDK read these properties once. Harmless to repeat. */
    public static void apply() {
        System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
        System.setProperty("io.netty.handler.ssl.openssl.sessionCacheServer", "false");
    }
}
