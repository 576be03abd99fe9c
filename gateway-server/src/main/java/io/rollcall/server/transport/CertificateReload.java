package io.rollcall.server.transport;

import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.OwnerOnly;
import io.rollcall.server.config.Setting;
import io.rollcall.server.reload.FileWatch;
import io.rollcall.server.reload.ReloadReports;
import io.rollcall.server.reload.Reloadable;
import io.rollcall.server.reload.WatchedFiles;
import io.rollcall.server.reload.WatchedFiles.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the gateway's own certificate for new connections, and raises an alarm when the one in force ends. Used by
 * one thread at a time.
 */
public final class CertificateReload implements Reloadable {
    private static final Logger log = LoggerFactory.getLogger(CertificateReload.class);
    private static final WatchedFiles.Words UNUSABLE = new WatchedFiles.Words(
            "its new certificate or key cannot be used", "new connections are shown the one before");

    private final ReloadReports reports;
    private final Showing showing;
    private final Supplier<Instant> end;
    private final Clock clock;
    private List<Path> paths;
    private WatchedFiles files;

    /** Puts a certificate in force. */
    @FunctionalInterface
    public interface Showing {
        /**
         * @param certificate and key: PEM files
         * @throws IOException or IllegalArgumentException if they cannot be used; the message says what to do
         */
        void show(Path certificate, Path key) throws IOException;
    }

    /**
     * @param config the configuration at startup
     * @param watch of {@link #files(GatewayConfig)}, created before they were read
     * @param end the expiry of the certificate in force
     */
    public CertificateReload(
            GatewayConfig config,
            FileWatch watch,
            Showing showing,
            Supplier<Instant> end,
            ReloadReports reports,
            Clock clock) {
        this.reports = reports;
        this.showing = showing;
        this.end = end;
        this.clock = clock;
        this.paths = files(config);
        this.files = watched(config, watch);
    }

    /** Returns the files it reloads: the certificate and its key. */
    public static List<Path> files(GatewayConfig config) {
        return List.of(config.get(Setting.CERTIFICATE), config.get(Setting.KEY));
    }

    private WatchedFiles watched(GatewayConfig config, FileWatch watch) {
        return new WatchedFiles(watch, reports, Subject.of(Matter.CERTIFICATE), () -> UNUSABLE, () -> {
            OwnerOnly.exposure(config.get(Setting.KEY)).ifPresent(log::warn);
            showing.show(config.get(Setting.CERTIFICATE), config.get(Setting.KEY));
            log.info("new connections are shown the certificate in {}", config.get(Setting.CERTIFICATE));
            return Outcome.TAKEN;
        });
    }

    @Override
    public void configure(GatewayConfig changed) {
        if (!files(changed).equals(paths)) {
            paths = files(changed);
            files = watched(changed, FileWatch.untaken(paths));
        }
    }

    @Override
    public List<WatchedFiles> files() {
        return List.of(files);
    }

    @Override
    public void checkDates() {
        Subject own = Subject.of(Matter.CERTIFICATE_ENDED);
        if (clock.instant().isAfter(end.get())) {
            reports.alarms()
                    .raise(
                            own,
                            "its certificate ended on " + end.get(),
                            "nodes refuse to connect anew",
                            "write a new certificate and its key to their files");
        } else {
            reports.alarms().clear(own);
        }
    }
}
