package io.rollcall.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PEM files; says which file is wrong and what was expected. */
final class Pem {

    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> KEY_KINDS = List.of("EC", "RSA", "Ed25519");
    /** Files larger than this are something else. */
    private static final long MAX_BYTES = 1 << 20;

    private Pem() {}

    /** One or more certificates, in the order of the file. */
    static X509Certificate[] certificates(Path file) {
        byte[] content = read(file);
        X509Certificate[] found;
        try {
            found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(content))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toArray(X509Certificate[]::new);
        } catch (CertificateException e) {
            throw new CredentialsException(file + " holds no readable certificate (expected: PEM)", e);
        }
        if (found.length == 0) {
            throw new CredentialsException(file + " holds no certificate (expected: PEM)");
        }
        return found;
    }

    static PrivateKey privateKey(Path file) {
        Matcher block = PKCS8.matcher(new String(read(file), StandardCharsets.US_ASCII));
        if (!block.find()) {
            throw new CredentialsException(
                    file + " holds no private key (expected: PKCS#8, -----BEGIN PRIVATE KEY-----, not encrypted)");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(block.group(1));
        try {
            PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
            for (String kind : KEY_KINDS) {
                Optional<PrivateKey> key = keyOf(kind, spec);
                if (key.isPresent()) {
                    return key.get();
                }
            }
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
        throw new CredentialsException(file + " holds no usable private key (expected: one of " + KEY_KINDS + ")");
    }

    /** Empty where the key is of another kind: PKCS#8 names it inside, and each factory takes its own alone. */
    private static Optional<PrivateKey> keyOf(String kind, PKCS8EncodedKeySpec spec) {
        try {
            return Optional.of(KeyFactory.getInstance(kind).generatePrivate(spec));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    static byte[] read(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new CredentialsException(file + " has " + size + " bytes (expected: at most " + MAX_BYTES + ")");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CredentialsException(
                    "cannot read " + file + ": " + e.getClass().getSimpleName(), e);
        }
    }
}
