package io.rollcall.server;

import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.identity.Authenticator;
import io.rollcall.server.identity.ClientTrust;
import io.rollcall.server.identity.Connections;
import io.rollcall.server.identity.TokenVerifier;
import io.rollcall.server.identity.TrustPolicies;
import io.rollcall.server.identity.TrustPolicyLoader;
import io.rollcall.server.identity.TrustPolicyReload;
import io.rollcall.server.quota.NamespaceQuotas;

/** Identifies callers: the namespaces' trust policies and quotas, and the identified connections. */
final class Identification {
    final TrustPolicies policies = new TrustPolicies();
    final TokenVerifier tokens = new TokenVerifier();
    final TrustPolicyReload reload;
    final NamespaceQuotas quotas;
    final ClientTrust trust;
    final Connections connections;
    final Authenticator authenticator;

    Identification(GatewayConfig config, Foundation base) {
        TrustPolicyLoader loader = new TrustPolicyLoader(
                policies, base.clock, base.alarms, base.audit.access(), base.threads.timers, base.threads.fetchers);
        reload = TrustPolicyReload.begin(config.identity(), loader, policies, base.reports, base.clock);
        quotas = new NamespaceQuotas(config.quotas());
        trust = new ClientTrust(policies, base.clock);
        connections = new Connections(policies, quotas, trust, tokens, base.audit.access(), base.clock);
        authenticator = new Authenticator(trust, connections, tokens, base.audit.access());
    }
}
