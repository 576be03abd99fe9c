package io.rollcall.server.config;

import java.util.List;

/**
 * The rules for certificates and tokens: those for all namespaces, and each namespace's own.
 *
 * @param settings of the gateway as a whole
 */
public record IdentityConfig(Settings settings, List<NamespaceConfig> namespaces) {
    public IdentityConfig {
        namespaces = List.copyOf(namespaces);
    }

    /** The value of a rule for all namespaces. */
    public <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    /** The same rules for these namespaces. */
    public IdentityConfig withNamespaces(List<NamespaceConfig> others) {
        return new IdentityConfig(settings, others);
    }

    /** Whether the rules for all namespaces are the same in both. */
    public boolean isSameForAll(IdentityConfig other) {
        return settings.isSame(Setting.Change.TRUST, other.settings);
    }
}
