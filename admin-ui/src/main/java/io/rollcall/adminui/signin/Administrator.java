package io.rollcall.adminui.signin;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first administrator, kept in two files of the data directory.
 *
 * <pre>
 * console-admin.json       {"user": "admin", "password_hash": "$argon2id$…"}
 * console-admin-password   the generated password, until it is changed
 * </pre>
 *
 * <p>The hash is written last, so a crash in between only causes a new password. To replace a lost password, delete
 * {@code console-admin.json}; the next start generates a new one. Thread-safe.
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
    private final PasswordHasher hasher;
    private volatile String hash;

    private Administrator(Path record, Path passwordFile, PasswordHasher hasher, String hash) {
        this.record = record;
        this.passwordFile = passwordFile;
        this.hasher = hasher;
        this.hash = hash;
    }

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
        PasswordHasher hasher = new PasswordHasher();
        if (Files.exists(record)) {
            return new Administrator(record, passwordFile, hasher, readHash(record));
        }
        String password = random.ints(GENERATED, 0, ALPHABET.length())
                .collect(StringBuilder::new, (all, next) -> all.append(ALPHABET.charAt(next)), StringBuilder::append)
                .toString();
        Administrator made = new Administrator(record, passwordFile, hasher, hasher.hash(password));
        PrivateFiles.write(passwordFile, password + "\n");
        made.writeRecord();
        return made;
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
        boolean matches = password.length() <= LONGEST && hasher.matches(password, hash, isKnown);
        return matches && USER.equals(user);
    }

    /** Sets a new password and deletes the file of the generated one. */
    synchronized void changePassword(String password) throws IOException {
        String before = hash;
        hash = hasher.hash(password);
        try {
            writeRecord();
        } catch (IOException e) {
            hash = before;
            throw e;
        }
        Files.deleteIfExists(passwordFile);
    }

    private void writeRecord() throws IOException {
        PrivateFiles.write(
                record, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(new Saved(USER, hash)) + "\n");
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
