package io.rollcall.server.audit;

import io.grpc.Attributes;
import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusalListener;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.HandshakeFailure;
import io.rollcall.server.identity.IdentityListener;
import io.rollcall.server.identity.ShownCertificate;
import io.rollcall.server.identity.grpc.ConnectionIdentifier;
import io.rollcall.server.namespace.NamespaceName;
import java.time.Clock;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Writes audit lines for accepted and refused access: each connection, each token when it is first accepted on one,
 * each refusal. Accepted calls leave no line. Runs on event loops, so it never waits: it counts and queues.
 */
final class AccessAudit implements IdentityListener, RefusalListener {
    private static final AuditRateLimiter.Budget REFUSALS = new AuditRateLimiter.Budget(10, 10);

    /** All nodes of a large namespace may reconnect at once; anything beyond that is a flood. */
    private static final AuditRateLimiter.Budget ENTRIES = new AuditRateLimiter.Budget(10_000, 20);

    /** Refusals of callers that have shown no valid token. */
    private static final Set<Refusal> BEFORE_TOKEN = EnumSet.of(
            Refusal.CERTIFICATE_REQUIRED,
            Refusal.TOKEN_MISSING,
            Refusal.TOKEN_MALFORMED,
            Refusal.TOKEN_EXPIRED,
            Refusal.TOKEN_FOREIGN,
            Refusal.TOKEN_UNBOUND,
            Refusal.KEYS_UNAVAILABLE,
            Refusal.METHOD_UNKNOWN);

    private final AuditTrail trail;
    private final AuditRateLimiter limiter;
    private final Clock clock;
    private final Map<Refusal, LongAdder> refusals = new EnumMap<>(Refusal.class);
    private final Map<HandshakeFailure.Reason, LongAdder> handshakes = new EnumMap<>(HandshakeFailure.Reason.class);

    AccessAudit(AuditTrail trail, AuditRateLimiter limiter, Clock clock) {
        this.trail = trail;
        this.limiter = limiter;
        this.clock = clock;
        for (Refusal refusal : Refusal.values()) {
            refusals.put(refusal, new LongAdder());
        }
        for (HandshakeFailure.Reason reason : HandshakeFailure.Reason.values()) {
            handshakes.put(reason, new LongAdder());
        }
    }

    /** How often calls were refused for this reason since the start. */
    long count(Refusal refusal) {
        LongAdder count = refusals.get(refusal);
        return count == null ? 0 : count.sum();
    }

    /** How many handshakes failed for this reason since the start. */
    long count(HandshakeFailure.Reason reason) {
        LongAdder count = handshakes.get(reason);
        return count == null ? 0 : count.sum();
    }

    @Override
    public void connected(CallIdentity identity) {
        entered(Kind.CONNECTION, identity);
    }

    @Override
    public void tokenAccepted(CallIdentity identity) {
        entered(Kind.TOKEN, identity);
    }

    private void entered(Kind kind, CallIdentity identity) {
        if (limiter.admits(kind, identity.namespace(), "ACCEPTED", ENTRIES)) {
            trail.note(
                    CallIdentityFields.add(AuditEvent.of(clock.instant(), kind).in(identity.namespace()), identity)
                            .accepted());
        }
    }

    @Override
    public void cutOff(CallIdentity identity, RefusedException why) {
        String reason = why.refusal().name();
        if (limiter.admits(Kind.CUT_OFF, identity.namespace(), reason, ENTRIES)) {
            trail.note(CallIdentityFields.add(
                            AuditEvent.of(clock.instant(), Kind.CUT_OFF).in(identity.namespace()), identity)
                    .refused(reason)
                    .with("message", String.valueOf(why.getMessage())));
        }
    }

    @Override
    public void keysFetched(NamespaceName namespace) {
        trail.note(AuditEvent.of(clock.instant(), Kind.CONFIGURATION)
                .in(namespace)
                .with("what", "token_keys")
                .accepted());
    }

    @Override
    public void keysPassedOver(NamespaceName namespace, int used, int passedOver, List<String> why) {
        trail.note(AuditEvent.of(clock.instant(), Kind.CONFIGURATION)
                .in(namespace)
                .with("what", "key_set")
                .accepted()
                .with("used", used)
                .with("passed_over", passedOver)
                .with("why", why.stream().map(AuditEvent::cut).toList()));
    }

    @Override
    public void crowdedOut(String address) {
        if (limiter.admits(Kind.CONNECTION, null, Refusal.TOO_MANY_CONNECTIONS.name(), REFUSALS)) {
            trail.note(AuditEvent.of(clock.instant(), Kind.CONNECTION)
                    .with("from", address)
                    .refused(Refusal.TOO_MANY_CONNECTIONS.name())
                    .with("message", "the gateway has reached its limit of open connections"));
        }
    }

    /**
     * The line belongs to no namespace, because the certificate's claim is unproven; a rate for each claimed namespace
     * keeps strangers from hiding a tenant's refusals. Only failures of certificates have a line: the others are not
     * decisions of the gateway, and scanners cause many.
     */
    @Override
    public void handshakeFailed(HandshakeFailure failure) {
        LongAdder count = handshakes.get(failure.reason());
        if (count != null) {
            count.increment();
        }
        ShownCertificate shown = failure.certificate();
        NamespaceName claimed = shown == null ? null : shown.claimedNamespace();
        if (failure.reason().isOfCertificate()
                && limiter.admits(Kind.CERTIFICATE_REFUSED, claimed, "CERTIFICATE_REFUSED", REFUSALS)) {
            AuditEvent event =
                    AuditEvent.of(clock.instant(), Kind.CERTIFICATE_REFUSED).with("from", failure.address());
            if (shown != null) {
                event.with("claimed", shown.claimed())
                        .with("serial", shown.serial())
                        .with("subject", shown.subject())
                        .with("issuer", shown.issuer());
            }
            trail.note(event.refused(failure.reason().name()).with("message", failure.detail()));
        }
    }

    @Override
    public void refused(Attributes connection, String method, RefusedException refusal) {
        Refusal reason = refusal.refusal();
        LongAdder count = refusals.get(reason);
        if (count != null) {
            count.increment();
        }
        CallIdentity known = ConnectionIdentifier.identityOf(connection);
        if (limiter.admits(Kind.REFUSAL, known.namespace(), reason.name(), REFUSALS)) {
            CallIdentity identity = BEFORE_TOKEN.contains(reason) ? known.withoutToken() : known;
            trail.note(CallIdentityFields.add(
                            AuditEvent.of(clock.instant(), Kind.REFUSAL).in(known.namespace()), identity)
                    .with("method", method)
                    .refused(reason.name())
                    .with("message", String.valueOf(refusal.getMessage())));
        }
    }
}
