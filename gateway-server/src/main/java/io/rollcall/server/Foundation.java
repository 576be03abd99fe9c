package io.rollcall.server;

import io.grpc.protobuf.services.HealthStatusManager;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.alarm.OpenFilesAlarm;
import io.rollcall.server.audit.Audit;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.OpenFiles;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Version;
import io.rollcall.server.console.ConsoleChanges;
import io.rollcall.server.health.ServingState;
import io.rollcall.server.liveness.Ticker;
import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.reload.ReloadReports;
import io.rollcall.server.store.DataDirectory;
import io.rollcall.server.store.SqliteStore;
import io.rollcall.server.watchdog.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/** The parts that all features use: the data directory with the audit log, clocks, alarms, shared threads. */
final class Foundation {
    final Clock clock;
    final Ticker ticker;
    final SecureRandom random = new SecureRandom();
    final DataDirectory directory;
    final ConsoleChanges changes = new ConsoleChanges();
    final Alarms alarms;
    final OpenFilesAlarm openFiles;
    final HealthStatusManager health = new HealthStatusManager();
    final ServingState serving;
    final Watchdog watchdog;
    final Audit audit;
    final ReloadReports reports;
    final Threads threads;

    Foundation(GatewayConfig config, Collaborators given, Closer closer) throws IOException {
        clock = given.clock();
        ticker = given.ticker();
        directory = closer.register(DataDirectory.hold(config.get(Setting.DATA_DIR)));
        alarms = new Alarms(clock, changes::alarms);
        closer.register(OpenFilesLogFilter.install(alarms));
        openFiles = new OpenFilesAlarm(alarms, OpenFiles::count, OpenFiles.most());
        serving = new ServingState(health, alarms);
        serving.requireExitWithoutMemory();
        watchdog = new Watchdog(given.watchdogLimit(), serving);
        Path path = directory.path();
        // The store knows up to where the audit log must reach.
        Optional<AuditEnd> kept = config.isDurable() ? Optional.of(SqliteStore.auditEnd(path)) : Optional.empty();
        audit = closer.register(
                Audit.open(path, config.settings(), clock, ticker::nanos, Version.current(), alarms, kept));
        reports = new ReloadReports(alarms, audit.reloads());
        threads = closer.register(new Threads(watchdog));
    }
}
