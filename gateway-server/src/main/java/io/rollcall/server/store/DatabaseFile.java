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
 * What can be told of the store's file before SQLite opens it, which may already change it: from its first 100 bytes
 * (<a href="https://www.sqlite.org/fileformat2.html#the_database_header">SQLite file format §1.3</a>).
 */
final class DatabaseFile {
    /** In the header of a store that a gateway has opened: "Roll". */
    static final int LIVE = 0x526F6C6C;

    /** In the header of a backup's copy, until a gateway opens it: "Copy". */
    static final int COPY = 0x436F7079;

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int APPLICATION_ID_AT = 68;
    private static final int HEADER_BYTES = 100;

    private final Path path;

    DatabaseFile(Path path) {
        this.path = path;
    }

    /** The store's database in a gateway's directory; where that is a link, what it leads to, as SQLite does. */
    static DatabaseFile in(Path directory) throws IOException {
        Path path = directory.resolve(SqliteStore.FILE).toAbsolutePath();
        return new DatabaseFile(Files.exists(path) ? path.toRealPath() : path);
    }

    /** Within a transaction: from then on it is a gateway's, under this id. */
    static void becomeLive(Statement statement, String registryId) throws SQLException {
        statement.execute("INSERT OR REPLACE INTO registry (one, id) VALUES (1, '" + registryId + "')");
        statement.execute("PRAGMA application_id = " + LIVE);
    }

    Path path() {
        return path;
    }

    /** SQLite's write-ahead log; left behind by a process that was killed, and then part of the database. */
    Path log() {
        return path.resolveSibling(path.getFileName() + "-wal");
    }

    /** SQLite's rollback journal, from before a database has a log: what the file's first pages were. */
    Path rollbackJournal() {
        return path.resolveSibling(path.getFileName() + "-journal");
    }

    /** Whether changes may stand in the log alone. */
    boolean hasLog() throws IOException {
        return isFilled(log());
    }

    /** Whether there is a database, or a new one would be made. */
    boolean isFilled() throws IOException {
        return isFilled(path);
    }

    private static boolean isFilled(Path file) throws IOException {
        return Files.exists(file) && Files.size(file) > 0;
    }

    /** Whether it is a backup's copy that no gateway has opened, by the file alone: a log may say otherwise. */
    boolean isCopy() throws IOException {
        return isFilled() && ByteBuffer.wrap(header()).getInt(APPLICATION_ID_AT) == COPY;
    }

    /**
     * Makes it, empty, where it is not there; SQLite gives what it lays beside it the same mode.
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

    /** As JDBC takes it; a URI, so that no character of the path means anything else. */
    String url() {
        return "jdbc:sqlite:" + path.toUri();
    }

    /** The same without what stands in the log; reads only ({@code immutable} passes over the log in silence). */
    String urlWithoutLog() {
        return url() + "?immutable=1";
    }

    /** Which file that is, whatever its name becomes. */
    Object key() throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return key == null ? path : key;
    }

    /**
     * Refuses what is certainly not a store.
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
