package io.rollcall.server.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * A TLS context whose certificate can be replaced: each new connection uses the current context and keeps it. gRPC
 * takes one context when its server is built, so this one delegates to another. Thread-safe.
 */
final class RenewableTls extends SslContext {
    private record Shown(SslContext context, Instant end) {}

    private volatile Shown shown;

    /** @param end the expiry of the context's certificate */
    RenewableTls(SslContext first, Instant end) {
        this.shown = new Shown(first, end);
    }

    void renew(SslContext next, Instant end) {
        shown = new Shown(next, end);
    }

    Instant end() {
        return shown.end;
    }

    private SslContext context() {
        return shown.context;
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return context().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in netty's class
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return context().applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return context().newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return context().newEngine(allocator, peerHost, peerPort);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return context().sessionContext();
    }
}
