package io.rollcall.server.store;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the registry in an SQLite database, {@value #FILE}. A batch is one transaction; once {@link #commit} returns,
 * it is on disk (write-ahead log, {@code synchronous=FULL}).
 *
 * <pre>
 *   commit ──▶ still the same file? ──▶ session (a new one after a failure) ──▶ BEGIN … rows … COMMIT
 * </pre>
 *
 * The database is read only at startup, since the registry is in memory. A failed session is discarded and the next
 * attempt opens another, so the store recovers as soon as the disk has room again.
 *
 * <p>Threads: one at a time.
 */
public final class SqliteStore implements RegistryStore {
    /** The database's name in the gateway's directory. */
    public static final String FILE = "registry.db";

    private static final Logger log = LoggerFactory.getLogger(SqliteStore.class);

    /** Free space required to recover a failed store; with less it would fail again at the next change. */
    private static final long LEAST_ROOM_BYTES = 256 << 10;

    private final DatabaseFile file;
    private final Object fileKey;
    private final String registryId;
    private final long branch;
    private final Supplier<AuditEnd> auditEnd;
    private @Nullable SqliteSession session;

    private SqliteStore(
            DatabaseFile file, SqliteSession session, String registryId, long branch, Supplier<AuditEnd> auditEnd)
            throws IOException {
        this.file = file;
        this.fileKey = file.key();
        this.session = session;
        this.registryId = registryId;
        this.branch = branch;
        this.auditEnd = auditEnd;
    }

    /**
     * Opens the store, or creates it if there is none.
     *
     * @param directory locked by the caller ({@link DataDirectory})
     * @throws IOException if it cannot be used, is damaged, or was written by a newer program; the message says what to
     *     do, and nothing was changed
     */
    public static SqliteStore open(Path directory, SecureRandom random) throws IOException {
        return open(directory, random, () -> AuditEnd.NONE);
    }

    /**
     * As {@link #open(Path, SecureRandom)}.
     *
     * @param auditEnd stored with each commit, whose lines are already written
     */
    public static SqliteStore open(Path directory, SecureRandom random, Supplier<AuditEnd> auditEnd)
            throws IOException {
        return open(directory, random, Schema.current(), auditEnd);
    }

    static SqliteStore open(Path directory, SecureRandom random, Schema schema) throws IOException {
        return open(directory, random, schema, () -> AuditEnd.NONE);
    }

    private static SqliteStore open(Path directory, SecureRandom random, Schema schema, Supplier<AuditEnd> auditEnd)
            throws IOException {
        SqliteLibrary.require();
        DatabaseFile file = DatabaseFile.in(directory);
        file.inspect();
        boolean isNew = !file.isFilled();
        file.makeForOwnerOnly();
        try {
            if (file.isCopy()) {
                new BackupAdoption(file, schema).adopt(random);
            }
            if (!isNew) {
                requireSound(file, schema);
            }
            Connection connection = Sqlite.connect(file);
            try {
                int version = schema.upgrade(connection);
                String registryId = registryId(connection, random);
                SqliteSession session = new SqliteSession(connection);
                if (version < Schema.WITH_BRANCHES) {
                    session.beginBranches(random);
                }
                session.forgetForced(auditEnd.get());
                log.info("{} {}, registry {}", isNew ? "made" : "opened", file.path(), registryId);
                return new SqliteStore(file, session, registryId, RegistryIds.branch(random), auditEnd);
            } catch (SQLException | IOException | RuntimeException | Error e) {
                close(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        }
    }

    /**
     * Returns the end of the audit log that the store in this directory has kept; none if there is no store. Changes
     * nothing.
     *
     * @param directory locked by the caller
     * @throws IOException as {@link #open}
     */
    public static AuditEnd auditEnd(Path directory) throws IOException {
        SqliteLibrary.require();
        DatabaseFile file = DatabaseFile.in(directory);
        file.inspect();
        if (!file.isFilled()) {
            return AuditEnd.NONE;
        }
        try (Connection connection = Sqlite.connectToLook(file)) {
            return Sqlite.number(connection, "PRAGMA application_id") == DatabaseFile.LIVE
                    ? AuditEndTable.read(connection)
                    : AuditEnd.NONE; // a backup copy
        } catch (SQLException e) {
            throw Sqlite.failure(file, e); // lines that it keeps must be back before others are written
        }
    }

    private static void close(Connection connection, Throwable because) {
        try {
            connection.close();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    /** Checks without changing anything: closing a normal connection would checkpoint the log. */
    private static void requireSound(DatabaseFile file, Schema schema) throws SQLException, IOException {
        try (Connection connection = Sqlite.connectToLook(file)) {
            Sqlite.requireSound(file, connection);
            schema.requireKnown(connection);
            if (file.hasLog()) {
                read(file, connection); // otherwise the log may belong to another database
            }
        }
    }

    private static Map<NamespaceName, StoredNamespace> read(DatabaseFile file, Connection connection)
            throws SQLException, IOException {
        try {
            return new SqliteReader(connection).read();
        } catch (IOException e) {
            throw file.damaged(String.valueOf(e.getMessage()), e);
        }
    }

    /** Returns the stored id, or a new one for a new store. */
    private static String registryId(Connection connection, SecureRandom random) throws SQLException, IOException {
        if (Sqlite.number(connection, "PRAGMA application_id") != DatabaseFile.LIVE) {
            Sqlite.inTransaction(
                    connection, statement -> DatabaseFile.becomeLive(statement, RegistryIds.fresh(random)));
        }
        return Sqlite.text(connection, "SELECT id FROM registry");
    }

    @Override
    public String registryId() {
        return registryId;
    }

    @Override
    public long branch() {
        return branch;
    }

    @Override
    public Map<NamespaceName, StoredNamespace> load() throws IOException {
        try {
            return read(file, session().connection());
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        }
    }

    @Override
    public void commit(List<NamespaceChanges> batch) throws IOException {
        AuditEnd end = auditEnd.get();
        attempt(usable -> usable.commit(batch, end));
    }

    @Override
    public void probe() throws IOException {
        long room = Files.getFileStore(file.path()).getUsableSpace();
        if (room < LEAST_ROOM_BYTES) {
            throw new IOException(file.path() + " has no room on its disk (" + room + " bytes); make room there");
        }
        attempt(SqliteSession::probe);
    }

    private interface Attempt {
        void with(SqliteSession session) throws SQLException, IOException;
    }

    private void attempt(Attempt attempt) throws IOException {
        try {
            requireSameFile();
            attempt.with(session());
        } catch (SQLException e) {
            dropSession();
            throw Sqlite.failure(file, e);
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            dropSession();
            throw e;
        }
    }

    /** SQLite would go on writing to a file that was unlinked, and the changes would be lost at a restart. */
    private void requireSameFile() throws IOException {
        if (!Files.exists(file.path()) || !file.key().equals(fileKey)) {
            throw new IOException(
                    file.path() + " was moved, deleted or replaced while the gateway ran; stop the gateway"
                            + " before you do that, and start it again now");
        }
    }

    private SqliteSession session() throws SQLException {
        SqliteSession usable = session;
        if (usable == null) {
            usable = new SqliteSession(Sqlite.connect(file));
            session = usable;
        }
        return usable;
    }

    private void dropSession() {
        SqliteSession failed = session;
        session = null;
        if (failed != null) {
            try {
                failed.close();
            } catch (SQLException e) {
                log.warn("a failed connection to {} could not be closed", file.path(), e);
            }
        }
    }

    /** Closes the store and checkpoints the write-ahead log, which leaves a single file. */
    @Override
    public void close() {
        dropSession();
    }
}
