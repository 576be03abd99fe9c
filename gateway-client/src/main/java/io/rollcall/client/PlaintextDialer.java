package io.rollcall.client;

import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Dials in plaintext without a token, to loopback addresses only; for tests against a fake. */
final class PlaintextDialer implements Dialer {

    private final Limits limits;

    PlaintextDialer(Limits limits) {
        this.limits = limits;
    }

    @Override
    public ManagedChannel dial(Target target) {
        if (!target.isLoopback()) {
            throw new IllegalArgumentException("plaintext target: " + target + " (expected: a loopback address)");
        }
        return NettyChannelBuilder.forAddress(target.host(), target.port())
                .usePlaintext()
                .maxInboundMessageSize(limits.maxMessageBytes())
                .disableServiceConfigLookUp()
                .build();
    }

    @Override
    public Optional<TlsFault> fault(Target target, StatusRuntimeException failure) {
        return Optional.empty();
    }

    @Override
    public @Nullable CallCredentials token() {
        return null;
    }
}
