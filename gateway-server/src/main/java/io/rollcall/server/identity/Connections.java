package io.rollcall.server.identity;

import io.rollcall.server.config.Setting;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.server.watchdog.OutOfMemory;
import java.security.cert.CertificateException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks the open connections and checks that their credentials are still valid. A call checks its own connection; the
 * sweep checks all connections and their streams, which may be silent for hours.
 *
 * <pre>
 *   connection, checked under generation 7 ──► the namespace is at 7: nothing to do (some 20 ns)
 *                                          ──► at 8: certificate and token are validated again ──► valid: now under 8
 *                                                                                             ──► not: refused, closed
 * </pre>
 *
 * Thread-safe; the sweep belongs to one thread.
 */
public final class Connections {
    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    /** A place may be free by then: refused connections are closed within a second, and others end. */
    private static final Duration RETRY_WHEN_FULL = Duration.ofSeconds(10);

    private final TrustPolicies policies;
    private final NamespaceQuotas quotas;
    private final ClientTrust trust;
    private final TokenVerifier tokens;
    private final IdentityListener listener;
    private final Clock clock;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final Map<NamespaceName, Integer> counts = new ConcurrentHashMap<>();
    private final AtomicBoolean isSweepDue = new AtomicBoolean();

    /**
     * @param quotas limit the connections of a namespace
     * @param listener notified of each connection that is ended
     * @param clock for the expiry of certificates and tokens, which may happen while a connection is open
     */
    public Connections(
            TrustPolicies policies,
            NamespaceQuotas quotas,
            ClientTrust trust,
            TokenVerifier tokens,
            IdentityListener listener,
            Clock clock) {
        this.policies = policies;
        this.quotas = quotas;
        this.trust = trust;
        this.tokens = tokens;
        this.listener = listener;
        this.clock = clock;
    }

    /**
     * Registers a connection. If it exceeds its namespace's limit, its calls are refused, and the second sweep from now
     * closes it.
     */
    void opened(Connection connection) {
        open.add(connection);
        NamespaceName namespace = connection.caller().namespace();
        int most = quotas.of(namespace).get(Setting.QUOTA_CONNECTIONS);
        if (counts.merge(namespace, 1, Integer::sum) > most) {
            RefusedException full = Refusal.TOO_MANY_CONNECTIONS
                    .because(
                            "connections: as many as this namespace may have are open (expected: at most " + most + ")")
                    .retryAfter(RETRY_WHEN_FULL);
            connection.refuse(full);
            listener.cutOff(connection.identity(), full);
        }
    }

    void closed(Connection connection) {
        if (open.remove(connection)) {
            counts.computeIfPresent(
                    connection.caller().namespace(), (namespace, count) -> count == 1 ? null : count - 1);
        }
    }

    /** How many connections a namespace has open, including those about to be ended. */
    public int count(NamespaceName namespace) {
        return counts.getOrDefault(namespace, 0);
    }

    /** How many connections are open. */
    public int size() {
        return open.size();
    }

    long now() {
        return clock.millis();
    }

    /**
     * Returns the trust policy of a connection's namespace, if its certificate is valid under it.
     *
     * @throws RefusedException otherwise; the connection has then been ended
     */
    TrustPolicy require(Connection connection, long now) {
        RefusedException ended = connection.ended();
        if (ended != null) {
            throw ended;
        }
        if (now > connection.vetting().untilMillis()) {
            throw end(
                    connection,
                    Refusal.CERTIFICATE_REQUIRED.because("this connection's certificate has expired; get a new one"));
        }
        TrustPolicy policy = policies.find(connection.caller().namespace());
        if (policy == null) {
            throw end(connection, withdrawn("this namespace is no longer served"));
        }
        if (policy.generation() != connection.vetting().generation()) {
            try {
                connection.vetted(trust.vet(connection.chain()));
            } catch (CertificateException e) {
                log.info("{} is disconnected: {}", connection.caller(), e.getMessage());
                throw end(connection, withdrawn("this connection's certificate was withdrawn; get a new one"));
            }
        }
        return policy;
    }

    /**
     * Returns if a connection, and a token that was accepted on it, are still valid.
     *
     * @param token null: none was needed
     * @throws RefusedException otherwise
     */
    void requireStill(Connection connection, @Nullable VerifiedToken token) {
        long now = now();
        TrustPolicy policy = require(connection, now);
        if (token != null) {
            try {
                var unused = tokens.verify(connection, policy, token.header(), token, now);
            } catch (RefusedException e) {
                endIfWithdrawn(connection, e);
                throw e;
            }
        }
    }

    /** Schedules a sweep; further requests before it starts are merged. Never waits. */
    public void sweepSoon(Executor executor) {
        if (isSweepDue.compareAndSet(false, true)) {
            executor.execute(() -> {
                isSweepDue.set(false); // first: later changes need another sweep
                sweep();
            });
        }
    }

    /**
     * Ends connections and streams that are no longer valid. Call it every second, and after each change of a trust
     * policy.
     */
    public void sweep() {
        for (Connection connection : open) {
            try {
                sweep(connection);
            } catch (RuntimeException | Error e) {
                OutOfMemory.endProcessIf(e);
                // Whatever it is: the other connections must still be checked.
                log.error(
                        "a connection of {} could not be examined; the next sweep tries again", connection.caller(), e);
            }
        }
    }

    private void sweep(Connection connection) {
        if (connection.takeReprieve()) {
            return;
        }
        long now = now();
        try {
            TrustPolicy policy = require(connection, now);
            connection.streams().forEach(stream -> sweep(connection, policy, stream, now));
        } catch (RefusedException e) {
            // Even if it was ended already: a stream may have been opened since.
            connection.end(e);
        }
    }

    private void sweep(Connection connection, TrustPolicy policy, OpenStream stream, long now) {
        try {
            stream.require(tokens, policy, now);
        } catch (RefusedException e) {
            stream.end(e);
            endIfWithdrawn(connection, e);
        }
    }

    /** Closes the connection if the refusal is for withdrawn credentials. */
    void endIfWithdrawn(Connection connection, RefusedException refused) {
        if (refused.refusal() == Refusal.CREDENTIAL_WITHDRAWN) {
            var unused = end(connection, refused);
        }
    }

    private static RefusedException withdrawn(String why) {
        return Refusal.CREDENTIAL_WITHDRAWN.because(why);
    }

    private RefusedException end(Connection connection, RefusedException why) {
        if (connection.end(why)) {
            listener.cutOff(connection.identity(), why);
        }
        return why;
    }
}
