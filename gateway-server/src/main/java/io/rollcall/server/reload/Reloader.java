package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.IdentityConfig;
import io.rollcall.server.config.NamespaceConfig;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.Quotas;
import io.rollcall.server.reload.Reloadable.Outcome;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.OutOfMemory;
import io.rollcall.server.watchdog.SharedTimer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what changed, without a restart.
 *
 * <pre>
 *   configuration file ──► which namespaces there are, and their files
 *   alpha's bundle, CRL, keys ──► alpha's trust policy     each of them all or nothing: what is bad leaves the old
 *   beta's bundle, CRL, keys ───► beta's trust policy      in force, and raises an alarm
 *   certificate and key ────────► nodes' port and console
 * </pre>
 *
 * A change is in force two looks after it was written: some two seconds. SIGHUP takes all at once.
 *
 * <p>Threads: one of its own looks and takes.
 */
public final class Reloader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reloader.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Reloadable.Words CONFIGURATION =
            new Reloadable.Words("its changed configuration file cannot be used", "all of it stays as it was before");
    private static final Reloadable.Words CERTIFICATE = new Reloadable.Words(
            "its new certificate or key cannot be used", "new connections are shown the one before");
    private static final Reloadable.Words TRUST_POLICY = new Reloadable.Words(
            "its new trust bundle, revocation list, token keys or settings cannot be used",
            "those before stay in force, all of them; a namespace that had none is not served");

    private final Alarms alarms;
    private final ReloadListener listener;
    private final Clock clock;
    private final Map<NamespaceName, Reloadable> namespaces = new TreeMap<>();
    private final SharedTimer thread = new SharedTimer("gateway-reload");
    private final GatewayConfig started;
    private GatewayConfig wanted;
    private List<String> ignored = List.of();
    private Reloadable certificate;
    private @Nullable Reloadable configuration;
    private volatile @Nullable Parts parts;

    /** What takes changed material. Asked on the reloader's thread. */
    public interface Parts {
        /**
         * @return false: not yet
         * @throws IllegalArgumentException if any of it cannot be used; the message says what to do
         */
        boolean take(IdentityConfig config, NamespaceConfig namespace);

        /** The namespace is served no more. */
        void drop(NamespaceName namespace);

        /** These quotas from the next call on. */
        void replaceQuotas(Map<NamespaceName, Quotas> quotas);

        /** Fetch soon what comes from elsewhere than files. */
        void fetch();

        /** @throws IOException or IllegalArgumentException if it cannot be used; the message says what to do */
        void showCertificate(Path certificate, Path key) throws IOException;

        void logLevel(String level);

        /** When the revocation lists of a namespace are out of date; empty: never. */
        Optional<Instant> revocationListDue(NamespaceName namespace);

        /** When the certificate ends that the gateway shows. */
        Instant certificateEnd();
    }

    /**
     * Looks at the files for the first time, so build it before they are read for use.
     *
     * @param config with which the gateway starts
     * @param listener told of what is taken and what is not
     * @param clock for the dates of what is in force
     */
    public Reloader(GatewayConfig config, Alarms alarms, ReloadListener listener, Clock clock) {
        this.started = config;
        this.wanted = config;
        this.alarms = alarms;
        this.listener = listener;
        this.clock = clock;
        this.certificate = certificate(config, true);
        config.identity()
                .namespaces()
                .forEach(namespace -> namespaces.put(namespace.name(), namespace(config.identity(), namespace, true)));
    }

    /** Looks at the files every second from now on. */
    public void start(Parts parts) {
        begin(parts);
        long period = BETWEEN_LOOKS.toMillis();
        var unused = thread.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    void begin(Parts parts) {
        this.parts = parts;
    }

    /** Its thread's. */
    public CheckIn checkIn() {
        return thread.checkIn();
    }

    /** Takes changes of the configuration too, and listens to SIGHUP. */
    public void follow(ConfigSource source, HangUpSignal hangUp) {
        thread.execute(() -> watch(source));
        hangUp.then(() -> thread.execute(this::takeAll));
    }

    void watch(ConfigSource source) {
        Path file = source.file();
        if (file != null) {
            configuration = new Reloadable(
                    FileWatch.untaken(List.of(file)),
                    alarms,
                    listener,
                    Subject.of(Matter.CONFIGURATION),
                    CONFIGURATION,
                    () -> adopt(source.read()));
        }
    }

    private Parts parts() {
        return Objects.requireNonNull(parts, "started");
    }

    void look() {
        if (configuration != null) {
            guarded(configuration::look);
        }
        guarded(() -> certificate.look());
        List.copyOf(namespaces.values()).forEach(namespace -> guarded(namespace::look));
        guarded(this::checkDates);
    }

    /** Everything, whether it seems to have changed or not. */
    void takeAll() {
        log.info("SIGHUP: reading all files again, and fetching keys");
        guarded(() -> parts().fetch());
        if (configuration != null) {
            guarded(configuration::takeNow);
        }
        guarded(() -> certificate.takeNow());
        List.copyOf(namespaces.values()).forEach(namespace -> guarded(namespace::takeNow));
    }

    private void guarded(Runnable step) {
        thread.checkIn().here(); // each step, since many together may take long
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            // Whatever else it is: the other steps must not suffer.
            log.error("a look at changed files failed; the next one follows", e);
        }
    }

    private Outcome adopt(GatewayConfig changed) {
        GatewayConfig before = wanted;
        if (changed.equals(before)) {
            return Outcome.SAME;
        }
        warnOfRestart(started.whatNeedsARestart(changed));
        parts().logLevel(changed.logLevel());
        parts().replaceQuotas(changed.quotas());
        if (!changed.certificate().equals(before.certificate())
                || !changed.key().equals(before.key())) {
            certificate = certificate(changed, false);
        }
        adopt(before.identity(), changed.identity());
        wanted = changed; // last: should any of it fail, the next look does all of it again
        log.info("the changed configuration file is in force");
        return Outcome.TAKEN;
    }

    private void warnOfRestart(List<String> names) {
        if (!names.isEmpty() && !names.equals(ignored)) {
            log.warn("the configuration file changes {}: this needs a restart, until then the old stays", names);
        }
        ignored = names;
    }

    private void adopt(IdentityConfig before, IdentityConfig changed) {
        Map<NamespaceName, NamespaceConfig> known = byName(before);
        Map<NamespaceName, NamespaceConfig> now = byName(changed);
        List<NamespaceName> gone =
                known.keySet().stream().filter(name -> !now.containsKey(name)).toList();
        for (NamespaceName name : gone) {
            Reloadable reloadable = namespaces.remove(name);
            if (reloadable != null) {
                reloadable.forget();
            }
            parts().drop(name);
            alarms.clear(Subject.of(Matter.REVOCATION_LIST, name));
            log.info("{} is served no more", name);
        }
        boolean isSameForAll = before.withNamespaces(List.of()).equals(changed.withNamespaces(List.of()));
        now.forEach((name, namespace) -> {
            if (!isSameForAll || !namespace.equals(known.get(name))) {
                namespaces.put(name, namespace(changed, namespace, false));
            }
        });
    }

    private static Map<NamespaceName, NamespaceConfig> byName(IdentityConfig config) {
        Map<NamespaceName, NamespaceConfig> names = new TreeMap<>();
        config.namespaces().forEach(namespace -> names.put(namespace.name(), namespace));
        return names;
    }

    private Reloadable certificate(GatewayConfig config, boolean isTaken) {
        List<Path> files = List.of(config.certificate(), config.key());
        return new Reloadable(
                isTaken ? FileWatch.taken(files) : FileWatch.untaken(files),
                alarms,
                listener,
                Subject.of(Matter.CERTIFICATE),
                CERTIFICATE,
                () -> {
                    parts().showCertificate(config.certificate(), config.key());
                    log.info("new connections are shown the certificate in {}", config.certificate());
                    return Outcome.TAKEN;
                });
    }

    private Reloadable namespace(IdentityConfig config, NamespaceConfig namespace, boolean isTaken) {
        List<Path> files = namespace.files();
        return new Reloadable(
                isTaken ? FileWatch.taken(files) : FileWatch.untaken(files),
                alarms,
                listener,
                Subject.of(Matter.TRUST_POLICY, namespace.name()),
                TRUST_POLICY,
                () -> {
                    boolean isTakenNow = parts().take(config, namespace);
                    if (isTakenNow) {
                        log.info(
                                "{}: trust bundle, revocation list and token keys are in force as they are now",
                                namespace.name());
                    }
                    return isTakenNow ? Outcome.TAKEN : Outcome.NOT_YET;
                });
    }

    /** What is in force may run out while nobody changes anything. */
    private void checkDates() {
        Instant now = clock.instant();
        for (NamespaceName name : namespaces.keySet()) {
            Subject subject = Subject.of(Matter.REVOCATION_LIST, name);
            Optional<Instant> due = parts().revocationListDue(name).filter(now::isAfter);
            due.ifPresentOrElse(
                    since -> alarms.raise(
                            subject,
                            "its revocation list is out of date since " + since,
                            "it stays in force; what its CA has withdrawn since is not known here",
                            "write the CA's present list to its file"),
                    () -> alarms.clear(subject));
        }
        Subject own = Subject.of(Matter.CERTIFICATE_ENDED);
        Instant end = parts().certificateEnd();
        if (now.isAfter(end)) {
            alarms.raise(
                    own,
                    "its certificate ended on " + end,
                    "nodes refuse to connect anew",
                    "write a new certificate and its key to their files");
        } else {
            alarms.clear(own);
        }
    }

    /** Takes nothing from here on. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
