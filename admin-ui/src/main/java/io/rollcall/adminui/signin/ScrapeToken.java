package io.rollcall.adminui.signin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The token that metrics scrapers must send: {@code metrics-token} in the data directory, generated at the first start.
 * To change it, delete or replace the file and restart. Immutable; the token is never printed.
 */
public final class ScrapeToken {
    private static final String FILE = "metrics-token";
    private static final String SCHEME = "Bearer ";
    private static final int RANDOM_BYTES = 32;
    private static final int SHORTEST = 16;

    private final byte[] token;

    private ScrapeToken(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads the token, or generates one.
     *
     * @param dataDir created if missing
     * @throws IOException if the file cannot be read or written, or holds too short a token
     */
    public static ScrapeToken open(Path dataDir, SecureRandom random) throws IOException {
        Path file = Files.createDirectories(dataDir).resolve(FILE);
        if (!Files.exists(file)) {
            byte[] bytes = new byte[RANDOM_BYTES];
            random.nextBytes(bytes);
            PrivateFiles.write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\n");
        }
        String token = Files.readString(file).strip();
        if (token.length() < SHORTEST) {
            throw new IOException(file + ": " + token.length() + " characters (expected: at least " + SHORTEST
                    + "); delete it and the next start makes another");
        }
        return new ScrapeToken(token);
    }

    /** Returns whether the header contains the token (RFC 6750 §2.1). */
    public boolean isSentIn(@Nullable String authorization) {
        return authorization != null
                && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && MessageDigest.isEqual(
                        token, authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
    }
}
