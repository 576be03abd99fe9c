package io.rollcall.server.config;

import java.time.Duration;
import java.util.List;

/**
 * What certificates and tokens must look like.
 *
 * @param dev whether a development CA is accepted
 * @param trustDomain the SPIFFE trust domain of every member
 * @param audience the {@code aud} that tokens must name
 * @param maxTokenLifetime the longest time from {@code iat} to {@code exp}
 */
public record IdentityConfig(
        boolean dev, String trustDomain, String audience, Duration maxTokenLifetime, List<NamespaceConfig> namespaces) {
    public IdentityConfig {
        namespaces = List.copyOf(namespaces);
    }
}
