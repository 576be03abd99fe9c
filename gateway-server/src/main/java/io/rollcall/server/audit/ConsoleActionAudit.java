package io.rollcall.server.audit;

import io.rollcall.adminui.ConsoleAudit;
import io.rollcall.server.audit.AuditEvent.Kind;
import java.io.IOException;
import java.time.Clock;
import java.util.List;

/** Records sign-ins to the console, and the actions there. */
final class ConsoleActionAudit implements ConsoleAudit {
    private static final AuditRateLimiter.Budget REFUSALS = new AuditRateLimiter.Budget(10, 10);

    private final AuditTrail trail;
    private final AuditRateLimiter limiter;
    private final Clock clock;

    ConsoleActionAudit(AuditTrail trail, AuditRateLimiter limiter, Clock clock) {
        this.trail = trail;
        this.limiter = limiter;
        this.clock = clock;
    }

    @Override
    public void signedIn(String user, String address) {
        trail.note(event(Kind.SIGN_IN, user, address).accepted());
    }

    @Override
    public void signInRefused(String user, String address, Refused reason) {
        if (limiter.admits(Kind.SIGN_IN, null, reason.name(), REFUSALS)) {
            trail.note(event(Kind.SIGN_IN, user, address).refused(reason.name()));
        }
    }

    @Override
    public void signedOut(String user, String address) {
        trail.note(event(Kind.SIGN_OUT, user, address).accepted());
    }

    @Override
    public void act(String user, String address, String action) throws IOException {
        trail.record(List.of(
                event(Kind.CONSOLE_ACTION, user, address).with("method", action).accepted()));
    }

    @Override
    public void actionRefused(String user, String address, String action, Refused reason) {
        if (limiter.admits(Kind.CONSOLE_ACTION, null, reason.name(), REFUSALS)) {
            trail.note(event(Kind.CONSOLE_ACTION, user, address)
                    .with("method", action)
                    .refused(reason.name()));
        }
    }

    private AuditEvent event(Kind kind, String user, String address) {
        return AuditEvent.of(clock.instant(), kind)
                .with("caller", user.isEmpty() ? "" : "console/" + user)
                .with("from", address);
    }
}
