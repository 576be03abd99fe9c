package io.rollcall.adminui.signin;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The first administrator, kept in a file of the data directory.
 *
 * <pre>
 * console-admin-password   the generated password, until it is changed
 * console-admin.json       {"user": "admin", "password_hash": "$argon2id$…"}, from then on
 * </pre>
 *
 * <p>The generated password needs no slow hash: it has 139 random bits. To replace a lost password, delete both files;
 * the next start generates a new one. Thread-safe.
 */
public final class Administrator {

    /** The only user name. */
    static final String USER = "admin";

    static final int SHORTEST = 12;
    static final int LONGEST = 200;

    /** Without letters and digits that are easily confused. */
    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

    private static final int GENERATED = 24;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path record;
    private final Path passwordFile;
    private final PasswordHasher hasher = new PasswordHasher();
    private volatile Predicate<Attempt> check;

    private Administrator(Path record, Path passwordFile) {
        this.record = record;
        this.passwordFile = passwordFile;
        this.check = attempt -> false;
    }

    /** @param isKnown whether the client has signed in before, and need not wait for unknown clients */
    private record Attempt(String password, boolean isKnown) {}

    /**
     * Reads the administrator, or creates one with a random password.
     *
     * @param dataDir created if missing
     * @throws IOException when the files cannot be read or written, or the record is damaged
     */
    public static Administrator open(Path dataDir, SecureRandom random) throws IOException {
        Files.createDirectories(dataDir);
        Path record = dataDir.resolve("console-admin.json");
        Path passwordFile = dataDir.resolve("console-admin-password");
        Administrator administrator = new Administrator(record, passwordFile);
        if (Files.exists(record)) {
            administrator.expectHashed(readHash(record));
            return administrator;
        }
        if (!Files.exists(passwordFile)) {
            PrivateFiles.write(passwordFile, generated(random) + "\n");
        }
        administrator.expectGenerated(readGenerated(passwordFile));
        return administrator;
    }

    private static String generated(SecureRandom random) {
        return random.ints(GENERATED, 0, ALPHABET.length())
                .collect(StringBuilder::new, (all, next) -> all.append(ALPHABET.charAt(next)), StringBuilder::append)
                .toString();
    }

    private void expectHashed(String hash) {
        check = attempt -> hasher.matches(attempt.password(), hash, attempt.isKnown());
    }

    private void expectGenerated(String password) {
        byte[] expected = password.getBytes(StandardCharsets.UTF_8);
        check = attempt -> MessageDigest.isEqual(attempt.password().getBytes(StandardCharsets.UTF_8), expected);
    }

    /** Returns the file of the generated password, until it is changed. */
    public Optional<Path> passwordFile() {
        return Files.exists(passwordFile) ? Optional.of(passwordFile) : Optional.empty();
    }

    /**
     * Checks a password. Takes as long for an unknown user as for a wrong password.
     *
     * @param isKnown whether the client has signed in before, and need not wait for unknown clients
     */
    boolean verify(String user, String password, boolean isKnown) {
        // The costly check comes first, for every user name.
        boolean matches = password.length() <= LONGEST && check.test(new Attempt(password, isKnown));
        return matches && USER.equals(user);
    }

    /** Sets a new password and deletes the file of the generated one. */
    synchronized void changePassword(String password) throws IOException {
        String hash = hasher.hash(password);
        PrivateFiles.write(
                record, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(new Saved(USER, hash)) + "\n");
        expectHashed(hash);
        Files.deleteIfExists(passwordFile);
    }

    private static String readGenerated(Path passwordFile) throws IOException {
        String password = Files.readString(passwordFile).strip();
        // Anything shorter could be guessed; the check is not slow.
        if (password.length() != GENERATED || password.chars().anyMatch(one -> ALPHABET.indexOf(one) < 0)) {
            throw new IOException(damaged(passwordFile));
        }
        return password;
    }

    private static String readHash(Path record) throws IOException {
        try {
            Saved saved = JSON.readValue(record.toFile(), Saved.class);
            if (saved.passwordHash() != null && saved.passwordHash().startsWith("$argon2id$")) {
                return saved.passwordHash();
            }
        } catch (JsonProcessingException e) {
            throw new IOException(damaged(record), e);
        }
        throw new IOException(damaged(record));
    }

    private static String damaged(Path record) {
        return record + " is damaged: restore it, or delete it and the next start makes a new password";
    }

    private record Saved(
            @JsonProperty("user") @Nullable String user,
            @JsonProperty("password_hash") @Nullable String passwordHash) {}
}
