package io.rollcall.server;

import io.rollcall.adminui.AdminConsole;
import io.rollcall.net.HostPort;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.console.ConsoleThreads;
import io.rollcall.server.console.RegistryConsole;
import java.io.IOException;

/** Serves browsers and scrapers of metrics. Opens its port when constructed. */
final class ConsolePort {
    final ConsoleThreads threads = new ConsoleThreads();
    final AdminConsole console;

    ConsolePort(GatewayConfig config, Foundation base, RegistryParts parts, NodesPort nodes, Closer closer)
            throws IOException {
        RegistryConsole view = new RegistryConsole(
                parts.registry,
                parts.leases,
                parts.sweeper::massSilence,
                config.settings(),
                base.changes,
                base.alarms,
                nodes.metrics::scrape,
                () -> HostPort.text(config.get(Setting.HOST), nodes.endpoint.port()),
                new RegistryConsole.ProcessHealth(base.serving::isLive, base.serving::isServing),
                base.clock);
        console = closer.register(AdminConsole.start(
                new AdminConsole.Settings(
                        config.get(Setting.HOST),
                        config.get(Setting.CONSOLE_PORT),
                        config.get(Setting.CERTIFICATE),
                        config.get(Setting.KEY),
                        config.get(Setting.DATA_DIR)),
                view,
                base.audit.console(),
                threads));
    }
}
