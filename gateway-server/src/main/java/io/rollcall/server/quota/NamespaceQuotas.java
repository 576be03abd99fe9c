package io.rollcall.server.quota;

import io.rollcall.server.config.Settings;
import io.rollcall.server.namespace.NamespaceName;
import java.util.HashMap;
import java.util.Map;

/** Every namespace's quotas, which may be replaced while the gateway runs. Thread-safe. */
public final class NamespaceQuotas {
    private volatile Map<NamespaceName, Settings> quotas;

    public NamespaceQuotas(Map<NamespaceName, Settings> quotas) {
        this.quotas = Map.copyOf(quotas);
    }

    /** From the next call on. A namespace that is not among them keeps its own: a call of it may be on its way. */
    public void replace(Map<NamespaceName, Settings> newQuotas) {
        Map<NamespaceName, Settings> all = new HashMap<>(quotas);
        all.putAll(newQuotas);
        quotas = Map.copyOf(all);
    }

    /** @throws IllegalArgumentException if there is no such namespace here */
    public Settings of(NamespaceName namespace) {
        Settings found = quotas.get(namespace);
        if (found == null) {
            throw new IllegalArgumentException("no quotas for " + namespace);
        }
        return found;
    }
}
