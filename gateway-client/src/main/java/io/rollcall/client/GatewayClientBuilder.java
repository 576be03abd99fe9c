package io.rollcall.client;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Builds a {@link GatewayClient}. Not thread-safe. */
public final class GatewayClientBuilder {

    private List<Target> targets = List.of();
    private @Nullable NodeCredentials credentials;
    private @Nullable String serverName;
    private int plaintextNodeId;
    private Limits limits = Limits.DEFAULT;

    GatewayClientBuilder() {}

    /** Sets the gateway's address: {@code host:port}, an IPv6 address in brackets; the default port is 8090. */
    public GatewayClientBuilder target(String target) {
        return targets(List.of(target));
    }

    /**
     * Sets several addresses of one registry. Each node prefers its own order of them, goes to the next one when one
     * fails, and back to its first after five minutes, if that serves again.
     */
    public GatewayClientBuilder targets(List<String> targets) {
        this.targets = targets.stream().map(Target::parse).distinct().toList();
        return this;
    }

    /** Sets the files with the caller's credentials. */
    public GatewayClientBuilder credentials(NodeCredentials credentials) {
        this.credentials = credentials;
        return this;
    }

    /**
     * Sets the files with the caller's credentials: certificate, its key and the gateway's CAs as PEM, and the token.
     */
    public GatewayClientBuilder credentials(Path certificate, Path key, Path authorities, Path token) {
        return credentials(new NodeCredentials(certificate, key, authorities, token));
    }

    /** Sets the name that the gateway's certificate must have, if it differs from the target's host. */
    public GatewayClientBuilder serverName(String serverName) {
        this.serverName = serverName;
        return this;
    }

    /** Sets the deadline of each call, including all addresses tried: 100 ms to 5 min, default 10 s. */
    public GatewayClientBuilder deadline(Duration deadline) {
        this.limits = new Limits(deadline, limits.maxMessageBytes());
        return this;
    }

    /** Sets the largest reply that is read: 1 KiB to 256 MiB, default 16 MiB. */
    public GatewayClientBuilder maxMessageBytes(int bytes) {
        this.limits = new Limits(limits.deadline(), bytes);
        return this;
    }

    /**
     * Uses plaintext, as node {@code nodeId}, without certificate and token: for tests against a {@link
     * io.rollcall.client.testing.FakeGateway}. Every target must be a loopback address.
     */
    public GatewayClientBuilder plaintextForTests(int nodeId) {
        if (nodeId < 1) {
            throw new IllegalArgumentException("nodeId: " + nodeId + " (expected: 1..2147483647)");
        }
        this.plaintextNodeId = nodeId;
        return this;
    }

    /**
     * Reads the files and builds the client, which connects with the first call.
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
        List<Path> all = List.of(files.certificate(), files.key(), files.authorities(), files.token());
        return new GatewayClient(
                identity,
                new ChannelPool(
                        Preference.order(targets, identity.uri()),
                        dialers,
                        () -> Reloading.stampsOf(all),
                        new SecureRandom()),
                bounds);
    }

    private GatewayClient plaintext(int nodeId) {
        SpiffeId identity = new SpiffeId("spiffe://test/ns/test/node/" + nodeId, "test", OptionalInt.of(nodeId));
        Dialer dialer = new PlaintextDialer(limits);
        for (Target target : targets) {
            if (!target.isLoopback()) {
                throw new IllegalStateException("plaintext target: " + target + " (expected: a loopback address)");
            }
        }
        return new GatewayClient(
                identity,
                new ChannelPool(Preference.order(targets, identity.uri()), () -> dialer, List::of, new SecureRandom()),
                limits);
    }
}
