package io.rollcall.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the keys of one namespace's tokens are.
 *
 * @param address a {@code file:} or {@code https:} address of a JWK set (RFC 7517 §5)
 * @param authorities PEM file with the CAs that may vouch for the https address's server; empty: those of the JVM
 * @param rsaAlgorithm of RSA keys that name none, one of {@link #RSA_ALGORITHMS}
 */
public record KeySetConfig(URI address, Optional<Path> authorities, String rsaAlgorithm) {
    /** The algorithm that most issuers use whose RSA keys name none. */
    public static final String USUAL_RSA_ALGORITHM = "RS256";

    /** RFC 7518 §3.3, §3.5. */
    public static final List<String> RSA_ALGORITHMS = List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");

    private static final String HTTPS = "https";

    public KeySetConfig {
        if (!RSA_ALGORITHMS.contains(rsaAlgorithm)) {
            throw new IllegalArgumentException("'" + rsaAlgorithm + "' (expected one of " + RSA_ALGORITHMS + ")");
        }
        if (authorities.isPresent() && !HTTPS.equals(address.getScheme())) {
            throw new IllegalArgumentException("CAs vouch for an https address, not for a file");
        }
    }

    /** Returns a key set at an address, with defaults otherwise. */
    public static KeySetConfig at(URI address) {
        return new KeySetConfig(address, Optional.empty(), USUAL_RSA_ALGORITHM);
    }

    /** Whether it is fetched over https; otherwise it is a file. */
    public boolean isFetched() {
        return HTTPS.equals(address.getScheme());
    }

    /** The files that the key set is read from, or needed to fetch it. */
    Stream<Path> files() {
        return isFetched() ? authorities.stream() : Stream.of(Path.of(address));
    }
}
