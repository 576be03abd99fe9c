package io.rollcall.server.transport;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.rollcall.server.identity.CallIdentity;

/**
 * Observes the handshake of one connection. First in the pipeline, where it sees which end closed the socket; queries
 * the TLS handler directly, since gRPC's handlers do not pass on a failure.
 */
final class HandshakeWatch extends ChannelDuplexHandler {
    private final HandshakeFailures failures;
    private boolean isClosedHere;
    private boolean hasHeard;

    HandshakeWatch(HandshakeFailures failures) {
        this.failures = failures;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        String address = CallIdentity.address(context.channel().remoteAddress());
        super.channelActive(context); // here gRPC adds the TLS handler
        SslHandler tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.handshakeFuture().addListener(done -> over(context, tls, address, done));
        }
    }

    private void over(ChannelHandlerContext context, SslHandler tls, String address, Future<?> done) {
        if (!done.isSuccess()) {
            failures.failed(address, done.cause(), isClosedHere, hasHeard);
        } else if (!ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
            failures.notHttp2(address);
        }
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        hasHeard = true;
        super.channelRead(context, message);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) throws Exception {
        isClosedHere = true;
        super.close(context, promise);
    }
}
