package io.rollcall.server.namespace;

import java.util.Map;

/** Every namespace's quotas, which may be replaced while the gateway runs. Thread-safe. */
public final class QuotaBook {
    private volatile Map<NamespaceName, Quotas> quotas;

    public QuotaBook(Map<NamespaceName, Quotas> quotas) {
        this.quotas = Map.copyOf(quotas);
    }

    /** From the next call on. */
    public void replace(Map<NamespaceName, Quotas> newQuotas) {
        quotas = Map.copyOf(newQuotas);
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
