package io.rollcall.client;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files that say who is calling. They are read again whenever they change, so that renewing a credential means
 * writing files; write them elsewhere and rename them into place.
 *
 * @param certificate the caller's certificate and what leads to its CA, PEM, in any order
 * @param key its private key, PEM (PKCS#8, SEC1 or PKCS#1), not encrypted
 * @param authorities the CAs that vouch for the gateway, PEM
 * @param token the signed JWT, one line
 */
public record NodeCredentials(Path certificate, Path key, Path authorities, Path token) {

    /**
     * {@code cert.pem}, {@code key.pem} and {@code token.jwt} of a directory, and {@code ca.pem}: its own, or else
     * {@code ../../gateway/ca.pem}, where {@code scripts/dev-certs} puts it. An operator's directory does as well.
     */
    public static NodeCredentials fromDirectory(Path directory) {
        Path own = directory.resolve("ca.pem");
        Path shared = directory
                .toAbsolutePath()
                .normalize()
                .resolve("../../gateway/ca.pem")
                .normalize();
        return fromDirectory(directory, Files.exists(own) || !Files.exists(shared) ? own : shared);
    }

    /** {@code cert.pem}, {@code key.pem} and {@code token.jwt} of a directory, and the gateway's CAs from elsewhere. */
    public static NodeCredentials fromDirectory(Path directory, Path authorities) {
        return new NodeCredentials(
                directory.resolve("cert.pem"),
                directory.resolve("key.pem"),
                authorities,
                directory.resolve("token.jwt"));
    }
}
