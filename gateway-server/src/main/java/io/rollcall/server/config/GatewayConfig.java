package io.rollcall.server.config;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.Quotas;
import java.nio.file.Path;
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
        IdentityConfig identity) {}
