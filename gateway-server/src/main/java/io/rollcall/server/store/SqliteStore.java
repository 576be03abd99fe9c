package io.rollcall.server.store;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.RegistryStore;
import io.rollcall.server.watchdog.OutOfMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the registry in an SQLite database, {@value #FILE}. A batch is one transaction; once {@link #commit} returns,
 * it is on the disk (write-ahead log, {@code synchronous=FULL}).
 *
 * <pre>
 *   commit ──▶ still the same file? ──▶ session (a new one after a failure) ──▶ BEGIN … rows … COMMIT
 * </pre>
 *
 * Nothing is read but at the start, since what the registry shows is in memory. A failed session is thrown away, and
 * the next attempt makes another: a disk that has room again is all it takes.
 *
 * <p>Threads: one at a time.
 */
public final class SqliteStore implements RegistryStore {
    /** The database's name in the gateway's directory. */
    public static final String FILE = "registry.db";

    private static final Logger log = LoggerFactory.getLogger(SqliteStore.class);

    /** With less room a store that failed stays failed, or it would come and go with every change. */
    private static final long LEAST_ROOM_BYTES = 256 << 10;

    private final DatabaseFile file;
    private final Object fileKey;
    private final String registryId;
    private @Nullable SqliteSession session;

    private SqliteStore(DatabaseFile file, SqliteSession session, String registryId) throws IOException {
        this.file = file;
        this.fileKey = file.key();
        this.session = session;
        this.registryId = registryId;
    }

    /**
     * Opens the store, or makes it where there is none.
     *
     * @param directory the caller's to hold ({@link DataDirectory})
     * @throws IOException if it cannot be used, is damaged, or was written by a newer program; the message says what to
     *     do, and nothing was changed
     */
    public static SqliteStore open(Path directory, SecureRandom random) throws IOException {
        return open(directory, random, Schema.current());
    }

    static SqliteStore open(Path directory, SecureRandom random, Schema schema) throws IOException {
        DatabaseFile file = new DatabaseFile(directory.resolve(FILE).toAbsolutePath());
        file.inspect();
        boolean isNew = !Files.exists(file.path());
        try {
            Connection connection = Sqlite.connect(file);
            try {
                requireSound(file, connection);
                schema.upgrade(connection);
                String registryId = registryId(connection, random);
                log.info("{} {}, registry {}", isNew ? "made" : "opened", file.path(), registryId);
                return new SqliteStore(file, new SqliteSession(connection), registryId);
            } catch (SQLException | IOException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        }
    }

    private static void requireSound(DatabaseFile file, Connection connection) throws SQLException, IOException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
            String found = row.getString(1);
            if (!"ok".equals(found)) {
                throw file.damaged(found);
            }
        }
    }

    /** The one on record; a new one for a new store, and for a backup's copy that is opened for the first time. */
    private static String registryId(Connection connection, SecureRandom random) throws SQLException, IOException {
        if (Sqlite.number(connection, "PRAGMA application_id") != DatabaseFile.LIVE) {
            Sqlite.inTransaction(connection, statement -> {
                statement.execute(
                        "INSERT OR REPLACE INTO registry (one, id) VALUES (1, '" + RegistryIds.fresh(random) + "')");
                statement.execute("PRAGMA application_id = " + DatabaseFile.LIVE);
            });
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id FROM registry")) {
            return row.getString(1);
        }
    }

    @Override
    public String registryId() {
        return registryId;
    }

    @Override
    public Map<NamespaceName, StoredNamespace> load() throws IOException {
        try {
            return new SqliteReader(session().connection()).read();
        } catch (SQLException e) {
            throw Sqlite.failure(file, e);
        } catch (IOException e) {
            throw file.damaged(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void commit(List<NamespaceChanges> batch) throws IOException {
        attempt(usable -> usable.commit(batch));
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

    /** SQLite would go on writing to a file that has lost its name, and a restart would know nothing of it. */
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

    /** Moves what the write-ahead log holds into the database, which is then one file. */
    @Override
    public void close() {
        dropSession();
    }
}
