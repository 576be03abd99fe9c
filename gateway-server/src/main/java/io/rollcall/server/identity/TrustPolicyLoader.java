package io.rollcall.server.identity;

import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.namespace.NamespaceName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Brings trust policies into force: loads a namespace's files, and replaces its policy only if all of them are valid.
 * Used by one thread at a time: the one that starts the gateway, then the reloader's.
 */
public final class TrustPolicyLoader {
    private static final Duration FETCH_TIME = Duration.ofSeconds(5);

    private final TrustPolicies policies;
    private final Clock clock;
    private final Alarms alarms;
    private final IdentityListener listener;
    private final ScheduledExecutorService scheduler;
    private final Executor fetchers;
    private final KeySetReport report;
    private final Map<NamespaceName, HttpsKeys> fetched = new HashMap<>();
    /** Keys from new addresses, which take over once they have been fetched. */
    private final Map<NamespaceName, HttpsKeys> candidates = new HashMap<>();

    /**
     * @param clock for the dates of certificates and revocation lists
     * @param listener notified of keys that were fetched
     * @param scheduler triggers fetches from https addresses; never waits; its owner shuts it down
     * @param fetchers fetch the keys, each address in a thread of its own
     */
    public TrustPolicyLoader(
            TrustPolicies policies,
            Clock clock,
            Alarms alarms,
            IdentityListener listener,
            ScheduledExecutorService scheduler,
            Executor fetchers) {
        this.policies = policies;
        this.clock = clock;
        this.alarms = alarms;
        this.listener = listener;
        this.scheduler = scheduler;
        this.fetchers = fetchers;
        this.report = new KeySetReport(alarms, listener);
    }

    /**
     * Applies a namespace's current configuration and files, all or nothing. A namespace without a policy in force does
     * not wait for keys behind an https address: its tokens are refused as KEYS_UNAVAILABLE until they are fetched.
     *
     * @return false: not yet applied, since its keys are being fetched for the first time from this address; call again
     *     soon
     * @throws IllegalArgumentException if any of it cannot be used; the message names the file and what to do
     * @throws StartRefusedException if the bundle holds a development CA, and development CAs are not accepted
     */
    public boolean take(IdentityConfig config, NamespaceConfig namespace) {
        TrustPolicy before = policies.find(namespace.name());
        Instant now = clock.instant();
        // Before the keys: a development CA refuses the start, whatever else is wrong.
        TrustBundle bundle = TrustPolicy.bundle(config, namespace, before, now);
        KeySource keys = keys(config, namespace);
        if (keys == null) {
            return false;
        }
        TrustPolicy loaded = TrustPolicy.load(config, namespace, bundle, keys, before, now);
        adopt(namespace.name(), keys);
        policies.put(loaded);
        tellOfKeys(namespace.name(), keys);
        return true;
    }

    /** Stops serving a namespace. */
    public void drop(NamespaceName namespace) {
        stop(candidates.remove(namespace));
        stop(fetched.remove(namespace));
        alarms.clear(Subject.of(Matter.TOKEN_KEYS, namespace));
        report.forget(namespace);
        policies.remove(namespace);
    }

    private void tellOfKeys(NamespaceName namespace, KeySource source) {
        TokenKeys keys = source.known();
        if (keys != null) {
            report.tell(namespace, keys);
        }
    }

    /** Triggers a fetch of all keys behind https addresses; does not wait. */
    public void fetchKeys() {
        fetched.values().forEach(HttpsKeys::fetchSoon);
        candidates.values().forEach(HttpsKeys::fetchSoon);
    }

    private @Nullable KeySource keys(IdentityConfig config, NamespaceConfig namespace) {
        if (!isFetched(namespace)) {
            KeySetReader reader = new KeySetReader(namespace.jwks().rsaAlgorithm());
            KeySource.Keys keys =
                    KeySource.Keys.ofFile(reader.load(namespace.jwks().address()));
            return () -> keys;
        }
        KeyServerTrust trust = trust(namespace);
        HttpsKeys.Place place = place(namespace, trust);
        HttpsKeys present = fetched.get(namespace.name());
        if (present != null && present.isAt(place, refreshPolicy(config))) {
            return present;
        }
        if (policies.find(namespace.name()) == null) {
            return source(config, namespace, trust);
        }
        HttpsKeys candidate = candidates.get(namespace.name());
        if (candidate == null || !candidate.isAt(place, refreshPolicy(config))) {
            stop(candidate);
            candidate = source(config, namespace, trust).start();
            candidates.put(namespace.name(), candidate);
        }
        if (candidate.isReady()) {
            return candidate;
        }
        String trouble = candidate.trouble();
        if (trouble != null) {
            throw new IllegalArgumentException(trouble + "; check the address and its certificate");
        }
        return null;
    }

    /** Brings a source of keys into force, and stops those it replaces. */
    private void adopt(NamespaceName namespace, KeySource keys) {
        HttpsKeys candidate = candidates.remove(namespace);
        if (candidate != keys) {
            stop(candidate);
        }
        HttpsKeys before = fetched.get(namespace);
        if (before != keys) {
            stop(before);
            fetched.remove(namespace);
            alarms.clear(Subject.of(Matter.TOKEN_KEYS, namespace));
        }
        if (keys instanceof HttpsKeys now) {
            now.beInForce(); // first, so that the first fetch is reported
            fetched.put(namespace, now.start());
        }
    }

    private HttpsKeys source(IdentityConfig config, NamespaceConfig namespace, KeyServerTrust trust) {
        HttpsKeys.Means means = new HttpsKeys.Means(
                new KeyDownload(FETCH_TIME, scheduler, trust), scheduler, fetchers, System::nanoTime);
        return new HttpsKeys(place(namespace, trust), refreshPolicy(config), means, new News(namespace.name(), config));
    }

    private static KeyServerTrust trust(NamespaceConfig namespace) {
        return namespace
                .jwks()
                .authorities()
                .map(file -> KeyServerTrust.load(namespace.name(), file))
                .orElse(KeyServerTrust.OF_THE_JVM);
    }

    private static HttpsKeys.Place place(NamespaceConfig namespace, KeyServerTrust trust) {
        return new HttpsKeys.Place(
                namespace.jwks().address(),
                trust.authorities(),
                namespace.jwks().rsaAlgorithm());
    }

    private static HttpsKeys.RefreshPolicy refreshPolicy(IdentityConfig config) {
        return new HttpsKeys.RefreshPolicy(config.get(Setting.JWKS_REFRESH), config.get(Setting.JWKS_OUTAGE_TOLERANCE));
    }

    private static boolean isFetched(NamespaceConfig namespace) {
        return namespace.jwks().isFetched();
    }

    private static void stop(@Nullable HttpsKeys source) {
        if (source != null) {
            source.stop();
        }
    }

    /** Handles the results of fetches of the keys in force. */
    private final class News implements HttpsKeys.News {
        private final NamespaceName namespace;
        private final IdentityConfig config;

        News(NamespaceName namespace, IdentityConfig config) {
            this.namespace = namespace;
            this.config = config;
        }

        @Override
        public void changed(TokenKeys keys) {
            policies.renew(namespace);
            listener.keysFetched(namespace);
            report.tell(namespace, keys);
        }

        @Override
        public void arrived() {
            alarms.clear(Subject.of(Matter.TOKEN_KEYS, namespace));
        }

        @Override
        public void failed(String why) {
            alarms.raise(
                    Subject.of(Matter.TOKEN_KEYS, namespace),
                    "its token keys cannot be fetched",
                    "the last good ones stay in force for "
                            + config.get(Setting.JWKS_OUTAGE_TOLERANCE).toSeconds()
                            + " s from when they were fetched; then, or where there were none, its tokens are refused",
                    why + "; check the address and its certificate");
        }
    }
}
