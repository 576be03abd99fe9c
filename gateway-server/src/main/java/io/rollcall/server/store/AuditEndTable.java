package io.rollcall.server.store;

import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.registry.AuditEnd.Lines;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of the audit log at the last commit: its head, and the lines that the log has not forced to the disk. Valid
 * only for the registry that wrote it: a backup copy gets another id and begins a new log.
 *
 * <p>Belongs to one connection, and is discarded with it after a failed transaction.
 */
final class AuditEndTable {
    private static final String OURS = " JOIN registry ON registry.id = registry ";

    private final PreparedStatement putHead;
    private final PreparedStatement putLines;
    private final PreparedStatement dropForced;
    /** What an earlier connection left may stand anywhere: the log's file may have been cut since. */
    private boolean isOurs;

    private @Nullable Lines oldest;
    private @Nullable Lines newest;

    AuditEndTable(Connection connection) throws SQLException {
        putHead = connection.prepareStatement(
                "INSERT OR REPLACE INTO audit_head (one, registry, head) SELECT 1, id, ? FROM registry");
        putLines = connection.prepareStatement("INSERT OR REPLACE INTO audit_lines (file, position, registry, text)"
                + " SELECT ?, ?, id, ? FROM registry");
        dropForced = connection.prepareStatement("DELETE FROM audit_lines WHERE (file, position) < (?, ?)");
    }

    /** @param connection to a database of any version */
    static AuditEnd read(Connection connection) throws SQLException {
        String head = "";
        List<Lines> unforced = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            if (has("audit_head", connection)) {
                try (ResultSet row = statement.executeQuery("SELECT head FROM audit_head" + OURS)) {
                    head = row.next() ? row.getString(1) : "";
                }
            }
            if (has("audit_lines", connection)) {
                try (ResultSet row = statement.executeQuery(
                        "SELECT file, position, text FROM audit_lines" + OURS + "ORDER BY file, position")) {
                    while (row.next()) {
                        unforced.add(new Lines(row.getLong(1), row.getLong(2), row.getString(3)));
                    }
                }
            }
        }
        return new AuditEnd(head, unforced);
    }

    /** @param connection to a database of this version */
    static boolean hasLines(Connection connection) throws SQLException {
        return Sqlite.number(connection, "SELECT EXISTS (SELECT 1 FROM audit_lines)") > 0;
    }

    /** Leaves no trace of the lines, in a copy that leaves the gateway's directory. */
    static void erase(Connection connection) throws SQLException {
        if (has("audit_lines", connection)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA secure_delete = ON");
                statement.executeUpdate("DELETE FROM audit_lines");
            }
        }
    }

    private static boolean has(String table, Connection connection) throws SQLException {
        return Sqlite.number(connection, "SELECT count(*) FROM sqlite_master WHERE name = '" + table + "'") > 0;
    }

    /** Writes what changed since the last time, within the transaction of the changes. */
    void write(AuditEnd end) throws SQLException {
        putHead.setString(1, end.head());
        putHead.executeUpdate();
        List<Lines> unforced = end.unforced();
        Lines first = unforced.isEmpty() ? null : unforced.get(0);
        if (first == null || !isOurs) {
            dropBefore(Long.MAX_VALUE, 0);
        } else if (!first.equals(oldest)) {
            dropBefore(first.file(), first.position());
        }
        isOurs = true;
        int known = newest == null ? 0 : unforced.lastIndexOf(newest) + 1;
        for (Lines lines : unforced.subList(known, unforced.size())) {
            putLines.setLong(1, lines.file());
            putLines.setLong(2, lines.position());
            putLines.setString(3, lines.text());
            putLines.executeUpdate();
            newest = lines;
        }
        oldest = first;
    }

    private void dropBefore(long file, long position) throws SQLException {
        dropForced.setLong(1, file);
        dropForced.setLong(2, position);
        dropForced.executeUpdate();
    }
}
