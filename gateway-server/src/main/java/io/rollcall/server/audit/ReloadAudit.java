package io.rollcall.server.audit;

import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.audit.AuditEvent.Kind;
import io.rollcall.server.reload.ReloadListener;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;

/** Writes audit lines about reloaded files. Does not wait: the files are already in force. */
final class ReloadAudit implements ReloadListener {
    private final AuditTrail trail;
    private final Clock clock;

    ReloadAudit(AuditTrail trail, Clock clock) {
        this.trail = trail;
        this.clock = clock;
    }

    @Override
    public void taken(Alarm.Subject what, Map<String, String> hashes) {
        trail.note(line(what).accepted().with("files", hashes));
    }

    @Override
    public void refused(Alarm.Subject what, String why) {
        trail.note(line(what).refused("BAD_MATERIAL").with("message", why));
    }

    private AuditEvent line(Alarm.Subject what) {
        return AuditEvent.of(clock.instant(), Kind.CONFIGURATION)
                .in(what.namespace().orElse(null))
                .with("what", what.matter().name().toLowerCase(Locale.ROOT));
    }
}
