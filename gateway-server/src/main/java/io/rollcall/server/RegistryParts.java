package io.rollcall.server;

import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.Setting;
import io.rollcall.server.liveness.DuplicateNodes;
import io.rollcall.server.liveness.LeaseSweeper;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.registry.LostBranches;
import io.rollcall.server.registry.Registry;
import io.rollcall.server.registry.RegistryListener;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.store.InMemoryStore;
import io.rollcall.server.store.SqliteStore;
import io.rollcall.server.watch.Feed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The registry with its store, and its listeners: leases, watchers, the console, the audit log. */
final class RegistryParts {
    final Leases leases;
    final Feed feed;
    final DuplicateNodes duplicates;
    final Registry registry;
    final LostBranches lost;
    final LeaseSweeper sweeper;

    RegistryParts(GatewayConfig config, Collaborators given, Foundation base, Identification callers, Closer closer)
            throws IOException {
        leases = new Leases(base.ticker);
        feed = new Feed(
                namespace -> callers.quotas.of(namespace).get(Setting.QUOTA_WATCHERS),
                base.threads.watchers,
                base.ticker::nanos);
        duplicates = new DuplicateNodes(base.alarms, config.get(Setting.HEARTBEAT_INTERVAL), base.ticker);
        List<RegistryListener> listeners =
                new ArrayList<>(List.of(leases, feed, base.changes, base.audit.namespaces(), duplicates));
        listeners.addAll(given.last());
        RegistryStore store = given.around().apply(store(config, base, closer));
        registry = closer.register(Registry.open(
                store, base.audit.changes(), callers.policies.served(), listeners, base.clock, base.ticker::nanos));
        callers.policies.onServed(registry::serve, registry::unserve);
        lost = new LostBranches(base.alarms, base.ticker::nanos);
        sweeper = new LeaseSweeper(registry, leases, config.settings(), base.ticker, base.clock);
    }

    private static RegistryStore store(GatewayConfig config, Foundation base, Closer closer) throws IOException {
        if (!config.isDurable()) {
            return new InMemoryStore(base.random);
        }
        return closer.register(SqliteStore.open(base.directory.path(), base.random, base.audit::end));
    }
}
