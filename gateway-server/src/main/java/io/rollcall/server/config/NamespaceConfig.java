package io.rollcall.server.config;

import io.rollcall.server.namespace.NamespaceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One tenant as configured.
 *
 * @param trustBundle PEM file with the CA certificates that may vouch for its members
 * @param crl file with the revocation lists of these CAs, PEM or DER (RFC 5280 §5), if there is one
 * @param jwks where its token keys are
 * @param issuer the {@code iss} its tokens must have; empty: any or none, permitted only if no binding is required
 * @param requireTokenBinding whether a token must name the certificate of its connection (RFC 8705 §3.1)
 */
public record NamespaceConfig(
        NamespaceName name,
        Path trustBundle,
        Optional<Path> crl,
        KeySetConfig jwks,
        Optional<String> issuer,
        boolean requireTokenBinding) {
    public NamespaceConfig {
        if (issuer.isEmpty() && requireTokenBinding) {
            throw new IllegalArgumentException("issuer: missing");
        }
    }

    /** The files that decide who its members are; they are reloaded together. */
    public List<Path> files() {
        return Stream.of(Stream.of(trustBundle), crl.stream(), jwks.files())
                .flatMap(files -> files)
                .toList();
    }
}
