package io.rollcall.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Collects what a {@link GatewayClient} needs. Not thread-safe. */
public final class GatewayClientBuilder {

    private List<Target> targets = List.of();
    private @Nullable NodeCredentials credentials;
    private @Nullable String serverName;
    private int plaintextNodeId;
    private Limits limits = Limits.DEFAULT;

    GatewayClientBuilder() {}

    /**
     * Where the gateway listens: {@code host:port}, an IPv6 address in brackets; the port is 8090 where none is given.
     */
    public GatewayClientBuilder target(String target) {
        return targets(List.of(target));
    }

    /** Several addresses of one gateway: the first is preferred until it fails, then the next, and round again. */
    public GatewayClientBuilder targets(List<String> targets) {
        this.targets = targets.stream().map(Target::parse).distinct().toList();
        return this;
    }

    /** The files that say who is calling. */
    public GatewayClientBuilder credentials(NodeCredentials credentials) {
        this.credentials = credentials;
        return this;
    }

    /** The files that say who is calling: certificate, its key and the gateway's CAs as PEM, and the token. */
    public GatewayClientBuilder credentials(Path certificate, Path key, Path authorities, Path token) {
        return credentials(new NodeCredentials(certificate, key, authorities, token));
    }

    /** The name that the gateway's certificate must have, where it is not the target's host. */
    public GatewayClientBuilder serverName(String serverName) {
        this.serverName = serverName;
        return this;
    }

    /** For each call, all addresses tried included: 100 ms to 5 min, 10 s unless set. */
    public GatewayClientBuilder deadline(Duration deadline) {
        this.limits = new Limits(deadline, limits.maxMessageBytes());
        return this;
    }

    /** The largest reply that is read: 1 KiB to 256 MiB, 16 MiB unless set. */
    public GatewayClientBuilder maxMessageBytes(int bytes) {
        this.limits = new Limits(limits.deadline(), bytes);
        return this;
    }

    /**
     * Speaks in the clear, as node {@code nodeId}, with no certificate and no token: for tests against a
     * {@link io.rollcall.client.testing.FakeGateway}. Every target must be a loopback address.
     */
    public GatewayClientBuilder plaintextForTests(int nodeId) {
        if (nodeId < 1) {
            throw new IllegalArgumentException("nodeId: " + nodeId + " (expected: 1..2147483647)");
        }
        this.plaintextNodeId = nodeId;
        return this;
    }

    /**
     * Reads the files; connects with the first call.
     *
     * @throws CredentialsException if a file cannot be used
     * @throws IllegalStateException if something is missing
     */
    public GatewayClient build() {
        if (targets.isEmpty()) {
            throw new IllegalStateException("no target (expected: at least one host:port)");
        }
        if (plaintextNodeId != 0) {
            return plaintext(plaintextNodeId);
        }
        NodeCredentials files = credentials;
        if (files == null) {
            throw new IllegalStateException("no credentials (expected: certificate, key, CAs and token)");
        }
        BearerToken token = new BearerToken(files.token());
        String server = serverName;
        Limits bounds = limits;
        SpiffeId identity = TlsDialer.read(files, token, server, bounds).identity();
        Reloading<TlsDialer> dialers =
                new Reloading<>(List.of(files.certificate(), files.key(), files.authorities()), () -> {
                    TlsDialer dialer = TlsDialer.read(files, token, server, bounds);
                    if (!dialer.identity().equals(identity)) {
                        throw new CredentialsException(files.certificate() + " is "
                                + dialer.identity().uri() + "'s (expected: " + identity.uri() + "'s)");
                    }
                    return dialer;
                });
        return new GatewayClient(identity, new ChannelPool(targets, dialers), bounds);
    }

    private GatewayClient plaintext(int nodeId) {
        SpiffeId identity = new SpiffeId("spiffe://test/ns/test/node/" + nodeId, "test", OptionalInt.of(nodeId));
        Dialer dialer = new PlaintextDialer(limits);
        for (Target target : targets) {
            if (!target.isLoopback()) {
                throw new IllegalStateException("plaintext target: " + target + " (expected: a loopback address)");
            }
        }
        return new GatewayClient(identity, new ChannelPool(targets, () -> dialer), limits);
    }
}
