package io.rollcall.server.config;

import io.rollcall.server.namespace.NamespaceName;
import java.net.URI;
import java.nio.file.Path;

/**
 * One tenant as configured.
 *
 * @param trustBundle PEM file with the CA certificates that may vouch for its members
 * @param jwks where its token keys are: a {@code file:} or {@code https:} address of a JWK set (RFC 7517 §5)
 * @param issuer the {@code iss} its tokens must have
 * @param requireTokenBinding whether a token must name the certificate of its connection (RFC 8705 §3.1)
 */
public record NamespaceConfig(
        NamespaceName name, Path trustBundle, URI jwks, String issuer, boolean requireTokenBinding) {}
