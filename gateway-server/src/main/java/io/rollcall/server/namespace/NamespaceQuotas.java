package io.rollcall.server.namespace;

import java.util.HashMap;
import java.util.Map;

/** Every namespace's quotas, which may be replaced while the gateway runs. Thread-safe. */
public final class NamespaceQuotas {
    private volatile Map<NamespaceName, Quotas> quotas;

    public NamespaceQuotas(Map<NamespaceName, Quotas> quotas) {
        this.quotas = Map.copyOf(quotas);
    }

    /** From the next call on. A namespace that is not among them keeps its own: a call of it may be on its way. */
    public void replace(Map<NamespaceName, Quotas> newQuotas) {
        Map<NamespaceName, Quotas> all = new HashMap<>(quotas);
        all.putAll(newQuotas);
        quotas = Map.copyOf(all);
    }

    /** @throws IllegalArgumentException if there is no such namespace here */
    public Quotas of(NamespaceName namespace) {
        Quotas found = quotas.get(namespace);
        if (found == null) {
            throw new IllegalArgumentException("no quotas for " + namespace);
        }
        return found;
    }
}
