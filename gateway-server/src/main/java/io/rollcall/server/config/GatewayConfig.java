package io.rollcall.server.config;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.Quotas;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All that the gateway was told.
 *
 * @param host the name or address to listen on
 * @param port for nodes; 0: any free one
 * @param consolePort for browsers; 0: any free one
 * @param dataDir where the gateway keeps its files
 * @param isDurable whether the registry outlives the process
 * @param quotas of each namespace
 * @param certificate PEM file with the gateway's certificate chain
 * @param key PEM file with its private key
 * @param texts every setting as it was written, by its name
 */
public record GatewayConfig(
        String host,
        int port,
        int consolePort,
        Path dataDir,
        boolean isDurable,
        AuditConfig audit,
        String logLevel,
        Path certificate,
        Path key,
        LeaseConfig leases,
        Map<NamespaceName, Quotas> quotas,
        ConnectionConfig connections,
        IdentityConfig identity,
        Map<String, String> texts) {
    public GatewayConfig {
        quotas = Map.copyOf(quotas);
        texts = Map.copyOf(texts);
    }

    /** The settings that differ in {@code changed}, but that a running gateway cannot take: their names. */
    public List<String> whatNeedsARestart(GatewayConfig changed) {
        return Setting.ALL.stream()
                .filter(setting -> !setting.isLive())
                .<String>map(Setting::name)
                .filter(name -> !String.valueOf(texts.get(name)).equals(changed.texts.get(name)))
                .toList();
    }
}
