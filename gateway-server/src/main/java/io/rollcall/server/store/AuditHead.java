package io.rollcall.server.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Supplier;

/**
 * The position of the audit log at the last commit. A line is on disk before its change is committed, so a log that
 * ends before this position has lost lines. Valid only for the registry that wrote it: a backup copy gets another id
 * and begins a new log.
 */
final class AuditHead {
    private final String registryId;
    private final String atOpen;
    private final Supplier<String> now;

    private AuditHead(String registryId, String atOpen, Supplier<String> now) {
        this.registryId = registryId;
        this.atOpen = atOpen;
        this.now = now;
    }

    /** @param now returns the current head; empty: there is no log */
    static AuditHead of(Connection connection, String registryId, Supplier<String> now) throws SQLException {
        if (Sqlite.number(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'audit_head'") == 0) {
            return new AuditHead(registryId, "", () -> ""); // an older schema
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT registry, head FROM audit_head")) {
            boolean isOurs = row.next() && row.getString(1).equals(registryId);
            return new AuditHead(registryId, isOurs ? row.getString(2) : "", now);
        }
    }

    String atOpen() {
        return atOpen;
    }

    void write(Connection connection) throws SQLException {
        String head = now.get();
        if (head.isEmpty()) {
            return;
        }
        try (PreparedStatement put = connection.prepareStatement(
                "INSERT OR REPLACE INTO audit_head (one, registry, head) VALUES (1, ?, ?)")) {
            put.setString(1, registryId);
            put.setString(2, head);
            put.executeUpdate();
        }
    }
}
