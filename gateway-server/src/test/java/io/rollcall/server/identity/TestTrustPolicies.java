package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.IdentityConfig;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** TrustPolicies of files, which nobody reloads unless a test does. */
public final class TestTrustPolicies {
    private TestTrustPolicies() {}

    /** Whose keys all come from files. */
    public static TrustPolicies of(IdentityConfig config, Clock clock) {
        TrustPolicies policies = new TrustPolicies();
        TrustPolicyLoader loader = loader(policies, clock, Executors.newSingleThreadScheduledExecutor(task -> {
            throw new AssertionError("keys in files need no thread");
        }));
        config.namespaces()
                .forEach(namespace -> assertThat(loader.take(config, namespace)).isTrue());
        return policies;
    }

    static TrustPolicyLoader loader(TrustPolicies policies, Clock clock, ScheduledExecutorService background) {
        return new TrustPolicyLoader(
                policies, clock, new Alarms(clock, whose -> {}), IdentityListener.NOBODY, background, background);
    }

    static ClientTrust trust(IdentityConfig config, Clock clock) {
        return new ClientTrust(of(config, clock), clock);
    }
}
