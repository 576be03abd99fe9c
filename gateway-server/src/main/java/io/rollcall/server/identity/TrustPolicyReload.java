package io.rollcall.server.identity;

import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.config.StartRefusedException;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.reload.FileWatch;
import io.rollcall.server.reload.ReloadReports;
import io.rollcall.server.reload.Reloadable;
import io.rollcall.server.reload.WatchedFiles;
import io.rollcall.server.reload.WatchedFiles.Outcome;
import io.rollcall.server.reload.WatchedFiles.Words;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads each namespace's files, at the start and when they change. A namespace whose files are bad keeps its policy in
 * force, or is not served if it had none; other namespaces are not affected.
 *
 * <pre>
 *   alpha's bundle, CRL, keys: damaged ──► an alarm; tried again every second until they are good
 *   beta's bundle, CRL, keys: good ──────► beta is served
 * </pre>
 *
 * Used by one thread at a time: the one that starts the gateway, then the reloader's.
 */
public final class TrustPolicyReload implements Reloadable {
    private static final Logger log = LoggerFactory.getLogger(TrustPolicyReload.class);
    private static final Words NOT_RENEWED = new Words(
            "its new trust bundle, revocation list, token keys or settings cannot be used",
            "the previous ones all stay in force");
    private static final Words NOT_SERVED = new Words(
            "its trust bundle, revocation list, token keys or settings cannot be used",
            "it is not served: its callers are refused, its nodes stay on record; it is tried again every second");

    private final TrustPolicyLoader loader;
    private final TrustPolicies policies;
    private final ReloadReports reports;
    private final Clock clock;
    private final Map<NamespaceName, WatchedFiles> namespaces = new TreeMap<>();
    private IdentityConfig wanted;

    private TrustPolicyReload(
            IdentityConfig config,
            TrustPolicyLoader loader,
            TrustPolicies policies,
            ReloadReports reports,
            Clock clock) {
        this.wanted = config;
        this.loader = loader;
        this.policies = policies;
        this.reports = reports;
        this.clock = clock;
    }

    /**
     * Loads all namespaces of the configuration for the first time.
     *
     * @param policies the policies that {@code loader} fills
     * @param clock for the dates of the policies in force
     * @throws StartRefusedException if a bundle holds a development CA, and development CAs are not accepted
     */
    public static TrustPolicyReload begin(
            IdentityConfig config,
            TrustPolicyLoader loader,
            TrustPolicies policies,
            ReloadReports reports,
            Clock clock) {
        TrustPolicyReload reload = new TrustPolicyReload(config, loader, policies, reports, clock);
        for (NamespaceConfig namespace : config.namespaces()) {
            reload.watch(config, namespace).takeFirst();
        }
        reload.checkDates();
        return reload;
    }

    private WatchedFiles watch(IdentityConfig config, NamespaceConfig namespace) {
        NamespaceName name = namespace.name();
        WatchedFiles files = new WatchedFiles(
                FileWatch.untaken(namespace.files()),
                reports,
                Subject.of(Matter.TRUST_POLICY, name),
                () -> policies.serves(name) ? NOT_RENEWED : NOT_SERVED,
                () -> take(config, namespace));
        namespaces.put(name, files);
        return files;
    }

    private Outcome take(IdentityConfig config, NamespaceConfig namespace) {
        if (!loader.take(config, namespace)) {
            return Outcome.NOT_YET;
        }
        log.info("{}: the current trust bundle, revocation list and token keys are in force", namespace.name());
        return Outcome.TAKEN;
    }

    @Override
    public List<WatchedFiles> files() {
        return List.copyOf(namespaces.values());
    }

    @Override
    public void fetch() {
        loader.fetchKeys();
    }

    @Override
    public void configure(GatewayConfig config) {
        IdentityConfig changed = config.identity();
        Map<NamespaceName, NamespaceConfig> known = byName(wanted);
        Map<NamespaceName, NamespaceConfig> now = byName(changed);
        List.copyOf(namespaces.keySet()).stream()
                .filter(name -> !now.containsKey(name))
                .forEach(this::drop);
        boolean isSameForAll = wanted.isSameForAll(changed);
        now.forEach((name, namespace) -> {
            if (!isSameForAll || !namespace.equals(known.get(name))) {
                var unused = watch(changed, namespace);
            }
        });
        wanted = changed; // last: if anything fails, all of it is repeated
    }

    private void drop(NamespaceName name) {
        WatchedFiles files = namespaces.remove(name);
        if (files != null) {
            files.forget();
        }
        loader.drop(name);
        reports.alarms().clear(Subject.of(Matter.REVOCATION_LIST, name));
        reports.alarms().clear(Subject.of(Matter.CA_ENDED, name));
        log.info("{} is no longer served", name);
    }

    private static Map<NamespaceName, NamespaceConfig> byName(IdentityConfig config) {
        Map<NamespaceName, NamespaceConfig> names = new TreeMap<>();
        config.namespaces().forEach(namespace -> names.put(namespace.name(), namespace));
        return names;
    }

    @Override
    public void checkDates() {
        Instant now = clock.instant();
        for (NamespaceName name : namespaces.keySet()) {
            checkRevocationList(name, now);
            checkAuthorities(name, now);
        }
        checkAnyIsServed();
    }

    private void checkRevocationList(NamespaceName name, Instant now) {
        Alarms alarms = reports.alarms();
        Subject subject = Subject.of(Matter.REVOCATION_LIST, name);
        Optional<Instant> due = policies.revocationListDue(name).filter(now::isAfter);
        due.ifPresentOrElse(
                since -> alarms.raise(
                        subject,
                        "its revocation list is out of date since " + since,
                        "it stays in force; what its CA has withdrawn since is not known here",
                        "write the CA's present list to its file"),
                () -> alarms.clear(subject));
    }

    private void checkAuthorities(NamespaceName name, Instant now) {
        Subject subject = Subject.of(Matter.CA_ENDED, name);
        List<String> ended = policies.endedAuthorities(name, now);
        if (ended.isEmpty()) {
            reports.alarms().clear(subject);
        } else {
            reports.alarms()
                    .raise(
                            subject,
                            "CAs of its trust bundle have ended: " + String.join(", ", ended),
                            "certificates that only these vouch for are refused; its other CAs are not affected",
                            "write their renewed certificates to the bundle, or take them out");
        }
    }

    private void checkAnyIsServed() {
        Subject subject = Subject.of(Matter.NOTHING_SERVED);
        if (policies.served().isEmpty()) {
            reports.alarms()
                    .raise(
                            subject,
                            "no namespace is served",
                            "all nodes are refused",
                            namespaces.isEmpty()
                                    ? "none is configured; add one to the configuration file"
                                    : "fix what the alarms of " + namespaces.keySet() + " say");
        } else {
            reports.alarms().clear(subject);
        }
    }
}
