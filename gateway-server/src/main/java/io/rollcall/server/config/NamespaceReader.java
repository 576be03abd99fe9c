package io.rollcall.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.rollcall.server.namespace.NamespaceName;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Makes a {@link NamespaceConfig} from one namespace's keys. Used by one thread, once. */
final class NamespaceReader {
    private static final String ISSUER = "issuer";
    private static final String JWKS = "jwks";

    private final Section keys;

    NamespaceReader(Section keys) {
        this.keys = keys;
    }

    /**
     * Reads a namespace; empty if its keys have mistakes, all of which have been reported.
     *
     * @throws IllegalArgumentException if its name is not valid
     */
    Optional<NamespaceConfig> read(String name) {
        Optional<Path> bundle = keys.file("trust-bundle");
        Optional<KeySetConfig> jwks = keySet();
        Optional<Path> crl = keys.optionalFile("crl");
        JsonNode binding = keys.get("require-token-binding");
        if (!binding.isMissingNode() && !binding.isBoolean()) {
            keys.complain("require-token-binding", binding.asText(), "expected true or false");
        }
        boolean requireBinding = binding.asBoolean(true);
        boolean mayLackIssuer = !keys.has(ISSUER) && !requireBinding;
        Optional<String> issuer = mayLackIssuer ? Optional.empty() : keys.required(ISSUER);
        keys.refuseOthers();
        NamespaceName valid = new NamespaceName(name);
        if (bundle.isEmpty() || jwks.isEmpty() || (issuer.isEmpty() && !mayLackIssuer)) {
            return Optional.empty();
        }
        return Optional.of(new NamespaceConfig(valid, bundle.get(), crl, jwks.get(), issuer, requireBinding));
    }

    private Optional<KeySetConfig> keySet() {
        Optional<URI> address = keys.required(JWKS).flatMap(this::address);
        Optional<Path> authorities = keys.optionalFile("jwks-ca");
        String ofRsa = keys.get("jwks-rsa-algorithm").asText(KeySetConfig.USUAL_RSA_ALGORITHM);
        if (authorities.isPresent()
                && address.isPresent()
                && !"https".equals(address.get().getScheme())) {
            keys.complain("jwks-ca", keys.get("jwks-ca").asText(), "expected only where jwks is an https address");
            return Optional.empty();
        }
        if (!KeySetConfig.RSA_ALGORITHMS.contains(ofRsa)) {
            keys.complain("jwks-rsa-algorithm", ofRsa, "expected one of " + KeySetConfig.RSA_ALGORITHMS);
            return Optional.empty();
        }
        return address.map(known -> new KeySetConfig(known, authorities, ofRsa));
    }

    private Optional<URI> address(String value) {
        if (!value.contains("://")) {
            return keys.file(JWKS, value).map(Path::normalize).map(Path::toUri);
        }
        try {
            URI address = URI.create(value);
            if ("https".equals(address.getScheme()) && address.getHost() != null) {
                return Optional.of(address);
            }
        } catch (IllegalArgumentException e) {
            keys.complain(JWKS, value, "expected a file or an https address: " + e.getMessage());
            return Optional.empty();
        }
        keys.complain(JWKS, value, "expected a file or an https address");
        return Optional.empty();
    }
}
