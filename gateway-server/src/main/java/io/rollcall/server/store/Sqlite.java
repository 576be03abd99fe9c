package io.rollcall.server.store;

import io.rollcall.server.config.OpenFiles;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Sets up connections to SQLite and explains its errors to operators. */
final class Sqlite {
    private static final int BUSY_MILLIS = 5_000;
    private static final int PRIMARY_CODE = 0xff;
    private static final int SQLITE_READONLY = 8;
    private static final int SQLITE_IOERR = 10;
    private static final int SQLITE_CORRUPT = 11;
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_CANTOPEN = 14;
    private static final int SQLITE_NOTADB = 26;

    private Sqlite() {}

    /** Opens a connection whose commits are on disk when they return. Transactions are begun and ended explicitly. */
    static Connection connect(DatabaseFile file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        return config.createConnection(file.url());
    }

    /** Opens a connection that changes neither the database nor its log, not even when closed. */
    static Connection connectToLook(DatabaseFile file) throws SQLException {
        return readOnly(file.url());
    }

    /** As {@link #connectToLook}, but without the content of the log. */
    static Connection connectToLookWithoutLog(DatabaseFile file) throws SQLException {
        return readOnly(file.urlWithoutLog());
    }

    private static Connection readOnly(String url) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return config.createConnection(url);
    }

    /** Opens a connection that keeps the database a single file, while no other process uses it. */
    static Connection connectWithoutLog(DatabaseFile file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.DELETE);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        return config.createConnection(file.url());
    }

    /** Runs statements atomically. The driver's own transactions would hold the lock while idle. */
    static void inTransaction(Connection connection, Work work) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            try {
                work.run(statement);
                statement.execute("COMMIT");
            } catch (SQLException | IOException | RuntimeException e) {
                rollBack(statement, e);
                throw e;
            }
        }
    }

    /** The body of a transaction. */
    interface Work {
        void run(Statement statement) throws SQLException, IOException;
    }

    private static void rollBack(Statement statement, Exception because) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            // SQLite rolls back by itself after some errors, and then reports that there is nothing to roll back.
            because.addSuppressed(e);
        }
    }

    static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getInt(1);
        }
    }

    /** @throws IOException if SQLite's integrity check fails; the message says what to do */
    static void requireSound(DatabaseFile file, Connection connection) throws SQLException, IOException {
        String found = text(connection, "PRAGMA quick_check(1)");
        if (!"ok".equals(found)) {
            throw file.damaged(found);
        }
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getString(1);
        }
    }

    /**
     * @param file the database in use
     * @return an exception whose message says what to do
     */
    static IOException failure(DatabaseFile file, SQLException e) {
        if (OpenFiles.noneIsLeft()) {
            return failure(file, "cannot be opened: " + OpenFiles.RAN_OUT + "; " + OpenFiles.REMEDY, e);
        }
        SQLiteErrorCode result = e instanceof SQLiteException sqlite ? sqlite.getResultCode() : null;
        if (result == SQLiteErrorCode.SQLITE_IOERR_SHORT_READ) {
            return file.damaged("it ends in the middle of a page", e);
        }
        int code = result == null ? 0 : result.code & PRIMARY_CODE;
        return switch (code) {
            case SQLITE_CORRUPT, SQLITE_NOTADB -> file.damaged(String.valueOf(e.getMessage()), e);
            case SQLITE_FULL -> failure(file, "has no room on its disk; make room there", e);
            case SQLITE_READONLY, SQLITE_CANTOPEN ->
                failure(file, "cannot be opened for writing; let the gateway's user write it and its directory", e);
            case SQLITE_IOERR -> failure(file, "cannot be read or written; look at its disk", e);
            default -> failure(file, "cannot be used", e);
        };
    }

    private static IOException failure(DatabaseFile file, String what, SQLException e) {
        return new IOException(file.path() + " " + what + " (" + e.getMessage() + ")", e);
    }
}
