package io.rollcall.server.config;

import io.rollcall.server.namespace.NamespaceName;
import java.util.List;
import java.util.Map;

/**
 * The complete configuration of a gateway.
 *
 * @param settings of the gateway as a whole
 * @param quotas of each namespace
 */
public record GatewayConfig(Settings settings, List<NamespaceConfig> namespaces, Map<NamespaceName, Settings> quotas) {
    public GatewayConfig {
        namespaces = List.copyOf(namespaces);
        quotas = Map.copyOf(quotas);
    }

    /** The value of a setting of the gateway as a whole. */
    public <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    /** Whether the registry outlives the process. */
    public boolean isDurable() {
        return get(Setting.STORE).equals("sqlite");
    }

    /** What certificates and tokens must look like. */
    public IdentityConfig identity() {
        return new IdentityConfig(settings, namespaces);
    }

    /** The names of the settings that differ in {@code changed} but take effect only after a restart. */
    public List<String> whatNeedsARestart(GatewayConfig changed) {
        return Setting.all().stream()
                .filter(setting -> !setting.isLive() && !settings.isSame(setting, changed.settings))
                .<String>map(Setting::name)
                .toList();
    }
}
