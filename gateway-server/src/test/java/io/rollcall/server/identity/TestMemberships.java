package io.rollcall.server.identity;

import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.IdentityConfig;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Memberships of files, which nobody reloads unless a test does. */
public final class TestMemberships {
    private TestMemberships() {}

    /** Whose keys all come from files. */
    public static Memberships of(IdentityConfig config, Clock clock) {
        Memberships memberships = new Memberships();
        loader(memberships, clock, Executors.newSingleThreadScheduledExecutor(task -> {
                    throw new AssertionError("keys in files need no thread");
                }))
                .begin(config);
        return memberships;
    }

    static MembershipLoader loader(Memberships memberships, Clock clock, ScheduledExecutorService background) {
        return new MembershipLoader(
                memberships, clock, new Alarms(clock, whose -> {}), IdentityListener.NOBODY, background, background);
    }

    static ClientTrust trust(IdentityConfig config, Clock clock) {
        return new ClientTrust(of(config, clock), clock);
    }
}
