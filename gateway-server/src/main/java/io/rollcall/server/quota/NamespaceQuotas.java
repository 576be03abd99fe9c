package io.rollcall.server.quota;

import io.rollcall.server.config.Settings;
import io.rollcall.server.namespace.NamespaceName;
import java.util.HashMap;
import java.util.Map;

/** The quotas of every namespace, replaceable while the gateway runs. Thread-safe. */
public final class NamespaceQuotas {
    private volatile Map<NamespaceName, Settings> quotas;

    public NamespaceQuotas(Map<NamespaceName, Settings> quotas) {
        this.quotas = Map.copyOf(quotas);
    }

    /**
     * Applies new quotas from the next call on. A missing namespace keeps its quotas, since one of its calls may be in
     * flight.
     */
    public void replace(Map<NamespaceName, Settings> newQuotas) {
        Map<NamespaceName, Settings> all = new HashMap<>(quotas);
        all.putAll(newQuotas);
        quotas = Map.copyOf(all);
    }

    /** @throws IllegalArgumentException if the namespace is unknown */
    public Settings of(NamespaceName namespace) {
        Settings found = quotas.get(namespace);
        if (found == null) {
            throw new IllegalArgumentException("no quotas for " + namespace);
        }
        return found;
    }
}
