package io.rollcall.client;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files with the caller's credentials. They are read again whenever they change, so a credential is renewed by
 * writing files; write them elsewhere and rename them into place.
 *
 * @param certificate the caller's certificate and its intermediates, PEM, in any order
 * @param key its private key, PEM (PKCS#8, SEC1 or PKCS#1), not encrypted
 * @param authorities the CAs of the gateway's certificate, PEM
 * @param token the signed JWT, one line
 */
public record NodeCredentials(Path certificate, Path key, Path authorities, Path token) {

    /**
     * Uses {@code cert.pem}, {@code key.pem} and {@code token.jwt} of a directory, and its {@code ca.pem}, or else
     * {@code ../../gateway/ca.pem}, where {@code scripts/dev-certs} writes it. Also works with an operator's directory.
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

    /** Uses {@code cert.pem}, {@code key.pem} and {@code token.jwt} of a directory, and separate CAs of the gateway. */
    public static NodeCredentials fromDirectory(Path directory, Path authorities) {
        return new NodeCredentials(
                directory.resolve("cert.pem"),
                directory.resolve("key.pem"),
                authorities,
                directory.resolve("token.jwt"));
    }
}
