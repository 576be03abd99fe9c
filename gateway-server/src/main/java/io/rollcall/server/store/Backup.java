package io.rollcall.server.store;

import io.rollcall.server.config.UserPath;
import io.rollcall.server.watchdog.Program;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Writes a consistent copy of the store, even while a gateway uses it; started by {@code scripts/backup}. The copy is
 * marked, so that the gateway that first opens it assigns a new registry id: later revisions may differ there.
 */
public final class Backup {
    private static final String NO_BACKUP = "No backup was made: ";
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENTS = 2;

    private Backup() {}

    /** @param arguments the gateway's directory and the file to write */
    public static void main(String[] arguments) {
        Program.run(NO_BACKUP, FAILED, () -> run(arguments));
    }

    private static void run(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            fail("expected the gateway's data directory and the file to write", BAD_ARGUMENTS);
        }
        try {
            Path file = UserPath.of(arguments[1]).toAbsolutePath();
            copy(UserPath.of(arguments[0]), file);
            System.out.printf(Locale.ROOT, "%s holds a copy of the store, %,d bytes%n", file, Files.size(file));
        } catch (IllegalArgumentException e) {
            fail("a path has " + e.getMessage(), BAD_ARGUMENTS);
        }
    }

    private static void fail(String why, int code) {
        Program.end(NO_BACKUP + why, code);
    }

    /**
     * Writes the copy. It gets its name once it is complete and on disk.
     *
     * @throws IOException if there is no store, or the file is there already or cannot be written
     */
    static void copy(Path dataDir, Path to) throws IOException {
        SqliteLibrary.require();
        DatabaseFile store = DatabaseFile.in(dataDir);
        if (!Files.exists(store.path())) {
            throw new IOException("there is no " + store.path() + "; name the gateway's data directory");
        }
        store.inspect();
        DatabaseFile unfinished = new DatabaseFile(to.resolveSibling(to.getFileName() + ".unfinished"));
        try {
            if (Files.exists(to)) {
                throw new FileAlreadyExistsException(to.toString());
            }
            Files.deleteIfExists(unfinished.path());
            unfinished.makeForOwnerOnly(); // SQLite also writes into an empty file
            copy(store, unfinished);
            DurableFiles.force(unfinished.path());
            Files.move(unfinished.path(), to);
            DurableFiles.forceNames(to);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(to + " is there already; name another file", e);
        }
    }

    private static void copy(DatabaseFile store, DatabaseFile unfinished) throws IOException {
        try (Connection connection = Sqlite.connect(store);
                PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
            copy.setString(1, unfinished.path().toString());
            copy.execute();
        } catch (SQLException e) {
            throw Sqlite.failure(store, e);
        }
        // From here on a single file, without a log.
        try (Connection connection = Sqlite.connectWithoutLog(unfinished);
                Statement statement = connection.createStatement()) {
            AuditEndTable.erase(connection);
            statement.execute("PRAGMA application_id = " + DatabaseFile.COPY);
        } catch (SQLException e) {
            throw Sqlite.failure(unfinished, e);
        }
    }
}
