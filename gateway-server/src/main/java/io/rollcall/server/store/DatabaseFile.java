package io.rollcall.server.store;

import io.rollcall.server.config.FileFailure;
import io.rollcall.server.config.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inspects the store's file before SQLite opens and possibly changes it, from its first 100 bytes (<a
 * href="https://www.sqlite.org/fileformat2.html#the_database_header">SQLite file format §1.3</a>).
 */
final class DatabaseFile {
    /** In the header of a store that a gateway has opened: "Roll". */
    static final int LIVE = 0x526F6C6C;

    /** In the header of a backup copy, until a gateway opens it: "Copy". */
    static final int COPY = 0x436F7079;

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int APPLICATION_ID_AT = 68;
    private static final int HEADER_BYTES = 100;

    private final Path path;

    DatabaseFile(Path path) {
        this.path = path;
    }

    /** Returns the database in a gateway's directory, with links resolved as by SQLite. */
    static DatabaseFile in(Path directory) throws IOException {
        Path path = directory.resolve(SqliteStore.FILE).toAbsolutePath();
        return new DatabaseFile(Files.exists(path) ? path.toRealPath() : path);
    }

    /** Marks the database as a live store with this id. Within a transaction. */
    static void becomeLive(Statement statement, String registryId) throws SQLException {
        statement.execute("INSERT OR REPLACE INTO registry (one, id) VALUES (1, '" + registryId + "')");
        statement.execute("PRAGMA application_id = " + LIVE);
    }

    Path path() {
        return path;
    }

    /** Returns SQLite's write-ahead log; if left behind by a killed process, it is part of the database. */
    Path log() {
        return path.resolveSibling(path.getFileName() + "-wal");
    }

    /** Returns SQLite's rollback journal, used before a database has a log: the original first pages. */
    Path rollbackJournal() {
        return path.resolveSibling(path.getFileName() + "-journal");
    }

    /** Returns whether the log may hold changes that the database lacks. */
    boolean hasLog() throws IOException {
        return isFilled(log());
    }

    /** Returns whether a database exists; otherwise a new one would be created. */
    boolean isFilled() throws IOException {
        return isFilled(path);
    }

    private static boolean isFilled(Path file) throws IOException {
        return Files.exists(file) && Files.size(file) > 0;
    }

    /** Returns whether it is a backup copy that no gateway has opened, judged without the log. */
    boolean isCopy() throws IOException {
        return isFilled() && ByteBuffer.wrap(header()).getInt(APPLICATION_ID_AT) == COPY;
    }

    /**
     * Creates it, empty, if missing; SQLite gives its additional files the same mode.
     *
     * @throws IOException with a sentence that says what to do
     */
    void makeForOwnerOnly() throws IOException {
        try {
            OwnerOnly.createFile(path);
            for (String suffix : List.of("-wal", "-shm", "-journal")) {
                OwnerOnly.tighten(path.resolveSibling(path.getFileName() + suffix));
            }
        } catch (FileSystemException e) {
            throw new IOException(
                    path + " "
                            + FileFailure.sentence(
                                    "cannot be made",
                                    e,
                                    "make room there and let the gateway's user write in its directory"),
                    e);
        }
    }

    /** Returns the JDBC URL; a URI, so that no character of the path has a special meaning. */
    String url() {
        return "jdbc:sqlite:" + path.toUri();
    }

    /** Returns the read-only URL that ignores the log ({@code immutable} skips it silently). */
    String urlWithoutLog() {
        return url() + "?immutable=1";
    }

    /** Returns the identity of the file, independent of its name. */
    Object key() throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? path : key;
    }

    /**
     * Refuses a file that is certainly not a store.
     *
     * @throws IOException with a sentence that says what to do
     */
    void inspect() throws IOException {
        if (!isFilled()) {
            if (hasLog()) {
                throw new IOException(path + " is missing or empty, but its log " + log().getFileName()
                        + " is there; put the database back, or restore a backup into an empty directory");
            }
            return;
        }
        byte[] header = header();
        if (header.length < HEADER_BYTES || !Arrays.equals(header, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw damaged("it does not begin like a database");
        }
        int application = ByteBuffer.wrap(header).getInt(APPLICATION_ID_AT);
        if (application != LIVE && application != COPY && application != 0) {
            throw new IOException(path + " is another program's database; give another --data-dir");
        }
    }

    IOException damaged(String how) {
        return damaged(how, null);
    }

    IOException damaged(String how, @Nullable Exception cause) {
        return new IOException(
                path + " is damaged (" + how + "); nothing was changed. Move it away together with "
                        + log().getFileName()
                        + ", keep both, and restore a backup, or start anew with an empty directory",
                cause);
    }

    private byte[] header() throws IOException {
        try (InputStream file = Files.newInputStream(path)) {
            return file.readNBytes(HEADER_BYTES);
        }
    }
}
