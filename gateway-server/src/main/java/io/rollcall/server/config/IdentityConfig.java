package io.rollcall.server.config;

import java.time.Duration;
import java.util.List;

/**
 * What certificates and tokens must look like.
 *
 * @param dev whether a development CA is accepted
 * @param trustDomain the SPIFFE trust domain of every member
 * @param audience the {@code aud} that tokens must name
 * @param maxTokenLifetime the longest time from {@code iat}, or where there is none from now, to {@code exp}
 * @param keyRefresh how often token keys behind an https address are fetched
 * @param keyOutageTolerance how long the last ones stay in force while it is down
 */
public record IdentityConfig(
        boolean dev,
        String trustDomain,
        String audience,
        Duration maxTokenLifetime,
        Duration keyRefresh,
        Duration keyOutageTolerance,
        List<NamespaceConfig> namespaces) {
    public IdentityConfig {
        namespaces = List.copyOf(namespaces);
    }

    /** The same rules for these namespaces. */
    public IdentityConfig withNamespaces(List<NamespaceConfig> others) {
        return new IdentityConfig(dev, trustDomain, audience, maxTokenLifetime, keyRefresh, keyOutageTolerance, others);
    }
}
