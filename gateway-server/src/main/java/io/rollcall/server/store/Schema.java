package io.rollcall.server.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The tables and their migrations: each step runs in a transaction that also increments SQLite's {@code user_version}.
 * Steps are only ever added.
 *
 * <pre>
 *   registry    its id, one row
 *   namespace   name → number; its revision, founding and leader
 *   node        namespace, node id → the node
 *   ended       namespace, node id → how its last sessions ended
 *   step        namespace, revision → the log entry
 *   branch      namespace, first revision → the branch from there on
 *   audit_head  the audit log's last line at the last commit, one row
 *   audit_lines file, position → the audit log's lines that its file may lose in a crash of the machine
 * </pre>
 *
 * A {@code body} is JSON (see {@link Row}), a {@code checksum} is over the row's key and body.
 */
final class Schema {
    private static final List<String> FIRST = List.of(
            "CREATE TABLE registry (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL) STRICT",
            """
            CREATE TABLE namespace (
              number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL, checksum INTEGER NOT NULL
            ) STRICT""",
            """
            CREATE TABLE node (
              namespace INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
              PRIMARY KEY (namespace, id)
            ) STRICT, WITHOUT ROWID""",
            """
            CREATE TABLE ended (
              namespace INTEGER NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
              PRIMARY KEY (namespace, id)
            ) STRICT, WITHOUT ROWID""",
            """
            CREATE TABLE step (
              namespace INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
              PRIMARY KEY (namespace, revision)
            ) STRICT, WITHOUT ROWID""");

    private static final List<String> BRANCHES = List.of("""
            CREATE TABLE branch (
              namespace INTEGER NOT NULL, first INTEGER NOT NULL, body TEXT NOT NULL, checksum INTEGER NOT NULL,
              PRIMARY KEY (namespace, first)
            ) STRICT, WITHOUT ROWID""");

    private static final List<String> AUDIT_HEAD = List.of("""
            CREATE TABLE audit_head (
              one INTEGER PRIMARY KEY CHECK (one = 1), registry TEXT NOT NULL, head TEXT NOT NULL
            ) STRICT""");

    private static final List<String> AUDIT_LINES = List.of("""
            CREATE TABLE audit_lines (
              file INTEGER NOT NULL, position INTEGER NOT NULL, registry TEXT NOT NULL, text TEXT NOT NULL,
              PRIMARY KEY (file, position)
            ) STRICT, WITHOUT ROWID""");

    /** The first version with branches. */
    static final int WITH_BRANCHES = 2;

    static final List<List<String>> STEPS = List.of(FIRST, BRANCHES, AUDIT_HEAD, AUDIT_LINES);

    private final List<List<String>> steps;

    /** @param steps the statements that lead from each version to the next, the first from nothing */
    Schema(List<List<String>> steps) {
        this.steps = steps;
    }

    /** Returns the schema this program reads and writes. */
    static Schema current() {
        return new Schema(STEPS);
    }

    /**
     * Upgrades the database to this version.
     *
     * @return the previous version
     * @throws IOException if it was written by a newer program; the message says what to do
     */
    int upgrade(Connection connection) throws SQLException, IOException {
        int before = requireKnown(connection);
        for (int version = before; version < steps.size(); version++) {
            upgradeFrom(version, connection);
        }
        return before;
    }

    /**
     * @return the database's version
     * @throws IOException if it was written by a newer program; the message says what to do
     */
    int requireKnown(Connection connection) throws SQLException, IOException {
        int version = Sqlite.number(connection, "PRAGMA user_version");
        if (version > steps.size()) {
            throw new IOException(
                    "the store was written by a newer gateway (schema " + version + ", this one knows up to "
                            + steps.size() + "); start that version, or restore a backup of before");
        }
        return version;
    }

    private void upgradeFrom(int version, Connection connection) throws SQLException, IOException {
        Sqlite.inTransaction(connection, statement -> {
            for (String sql : steps.get(version)) {
                statement.execute(sql);
            }
            statement.execute("PRAGMA user_version = " + (version + 1));
        });
    }
}
