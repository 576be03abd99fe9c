package io.rollcall.server.store;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.AuditEnd;
import io.rollcall.server.registry.Branches;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.RegistryStore.NamespaceChanges;
import io.rollcall.server.registry.SessionEnd;
import io.rollcall.server.store.Row.BranchBody;
import io.rollcall.server.store.Row.LogEntryBody;
import io.rollcall.server.store.Row.NamespaceBody;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the store with its statements and the namespace numbers of its tables. After an error it is
 * discarded, with its cached state.
 */
final class SqliteSession implements AutoCloseable {
    private final Connection connection;
    private final Map<NamespaceName, Integer> numbers = new HashMap<>();
    private final PreparedStatement putNamespace;
    private final PreparedStatement putNode;
    private final PreparedStatement dropNode;
    private final PreparedStatement putEnded;
    private final PreparedStatement addEntry;
    private final PreparedStatement dropEntries;
    private final PreparedStatement putBranch;
    private final PreparedStatement dropBranches;
    private final PreparedStatement sizesOfEntries;
    private final Map<NamespaceName, HeldEntries> held = new HashMap<>();
    private @Nullable AuditEndTable auditEnd;

    /** @param connection to a database of the current schema; closed with this */
    SqliteSession(Connection connection) throws SQLException {
        this.connection = connection;
        putNamespace =
                connection.prepareStatement("INSERT INTO namespace (number, name, body, checksum) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (number) DO UPDATE SET body = excluded.body, checksum = excluded.checksum");
        putNode = connection.prepareStatement(
                "INSERT OR REPLACE INTO node (namespace, id, body, checksum) VALUES (?, ?, ?, ?)");
        dropNode = connection.prepareStatement("DELETE FROM node WHERE namespace = ? AND id = ?");
        putEnded = connection.prepareStatement(
                "INSERT OR REPLACE INTO ended (namespace, id, body, checksum) VALUES (?, ?, ?, ?)");
        addEntry = connection.prepareStatement(
                "INSERT INTO step (namespace, revision, body, checksum) VALUES (?, ?, ?, ?)");
        dropEntries = connection.prepareStatement("DELETE FROM step WHERE namespace = ? AND revision <= ?");
        putBranch = connection.prepareStatement(
                "INSERT INTO branch (namespace, first, body, checksum) VALUES (?, ?, ?, ?)");
        dropBranches = connection.prepareStatement("DELETE FROM branch WHERE namespace = ? AND first < ?");
        sizesOfEntries = connection.prepareStatement(
                "SELECT revision, octet_length(body) FROM step WHERE namespace = ? ORDER BY revision");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name, number FROM namespace")) {
            while (row.next()) {
                numbers.put(new NamespaceName(row.getString(1)), row.getInt(2));
            }
        }
    }

    Connection connection() {
        return connection;
    }

    void commit(List<NamespaceChanges> batch, AuditEnd end) throws SQLException, IOException {
        Sqlite.inTransaction(connection, statement -> {
            for (NamespaceChanges changes : batch) {
                write(changes);
            }
            if (!end.equals(AuditEnd.NONE)) {
                auditEnd().write(end);
            }
        });
    }

    /** Drops the audit log's lines that an earlier process has left, once its file is forced. */
    void forgetForced(AuditEnd end) throws SQLException, IOException {
        if (!end.equals(AuditEnd.NONE) && AuditEndTable.hasLines(connection)) {
            commit(List.of(), end);
        }
    }

    private AuditEndTable auditEnd() throws SQLException {
        AuditEndTable prepared = auditEnd;
        if (prepared == null) {
            prepared = new AuditEndTable(connection);
            auditEnd = prepared;
        }
        return prepared;
    }

    /** A transaction that writes a page and changes nothing. */
    void probe() throws SQLException, IOException {
        Sqlite.inTransaction(connection, statement -> statement.execute("UPDATE registry SET id = id"));
    }

    private void write(NamespaceChanges changes) throws SQLException, IOException {
        NamespaceState after = changes.after();
        String name = changes.namespace().value();
        int number = numbers.computeIfAbsent(changes.namespace(), fresh -> numbers.size() + 1);
        List<LogEntry> entries = changes.entries();
        for (Map.Entry<NodeId, Boolean> touched : touched(entries).entrySet()) {
            NodeId id = touched.getKey();
            Optional<Node> node = after.node(id);
            if (node.isPresent()) {
                put(putNode, Row.NODE, number, name, id.value(), node.get());
            } else {
                run(dropNode, number, id.value());
            }
            if (touched.getValue()) {
                put(
                        putEnded,
                        Row.ENDED,
                        number,
                        name,
                        id.value(),
                        after.endedSessions().of(id).toArray(SessionEnd[]::new));
            }
        }
        HeldEntries kept = held(changes.namespace(), number);
        Map<Long, Integer> sizes = new HashMap<>();
        for (LogEntry entry : entries) {
            sizes.put(
                    entry.revision(),
                    put(addEntry, Row.LOG_ENTRY, number, name, entry.revision(), LogEntryBody.of(entry)));
        }
        writeBranches(
                number, name, after.branches().oldestFirst(), entries.get(0).revision());
        run(dropEntries, number, kept.add(entries, entry -> sizes.getOrDefault(entry.revision(), 0)) - 1);
        putNamespace(number, name, NamespaceBody.of(after));
    }

    /**
     * Writes the branch that begins with this batch, if any, and deletes earlier branches that are no longer needed.
     */
    private void writeBranches(int number, String name, List<Branches.Branch> branches, long firstOfBatch)
            throws SQLException, IOException {
        for (Branches.Branch branch : branches) {
            if (branch.first() >= firstOfBatch) {
                put(putBranch, Row.BRANCH, number, name, branch.first(), new BranchBody(branch.number()));
                run(dropBranches, number, branches.get(0).first());
            }
        }
    }

    /** Assigns one branch to the whole history of namespaces from before branches existed. */
    void beginBranches(SecureRandom random) throws SQLException, IOException {
        Sqlite.inTransaction(connection, statement -> {
            for (Map.Entry<NamespaceName, Integer> namespace : numbers.entrySet()) {
                put(
                        putBranch,
                        Row.BRANCH,
                        namespace.getValue(),
                        namespace.getKey().value(),
                        1,
                        new BranchBody(RegistryIds.branch(random)));
            }
        });
    }

    /** Returns the changed nodes, and whether a session of theirs ended. */
    private static Map<NodeId, Boolean> touched(List<LogEntry> entries) {
        Map<NodeId, Boolean> touched = new LinkedHashMap<>();
        for (LogEntry entry : entries) {
            if (entry.change() instanceof Change.NodeChanged changed) {
                touched.merge(changed.node().id(), changed.ended().isPresent(), Boolean::logicalOr);
            } else if (entry.change() instanceof Change.NodeGone gone) {
                touched.merge(gone.node(), gone.ended().isPresent(), Boolean::logicalOr);
            }
        }
        return touched;
    }

    private void putNamespace(int number, String name, NamespaceBody body) throws SQLException, IOException {
        String text = Row.NAMESPACE.write(body);
        putNamespace.setInt(1, number);
        putNamespace.setString(2, name);
        putNamespace.setString(3, text);
        putNamespace.setLong(4, Row.NAMESPACE.checksum(name, number, text));
        putNamespace.executeUpdate();
    }

    /** @return the size of the body */
    private static <T> int put(PreparedStatement statement, Row<T> row, int number, String name, long key, T value)
            throws SQLException, IOException {
        String body = row.write(value);
        statement.setInt(1, number);
        statement.setLong(2, key);
        statement.setString(3, body);
        statement.setLong(4, row.checksum(name, key, body));
        statement.executeUpdate();
        return body.length();
    }

    /** Returns the entries held for a namespace; read once, since only this session writes them. */
    private HeldEntries held(NamespaceName namespace, int number) throws SQLException {
        HeldEntries known = held.get(namespace);
        if (known == null) {
            known = new HeldEntries();
            sizesOfEntries.setInt(1, number);
            try (ResultSet row = sizesOfEntries.executeQuery()) {
                while (row.next()) {
                    known.held(row.getLong(1), row.getInt(2));
                }
            }
            held.put(namespace, known);
        }
        return known;
    }

    private static void run(PreparedStatement statement, int number, long key) throws SQLException {
        statement.setInt(1, number);
        statement.setLong(2, key);
        statement.executeUpdate();
    }

    /** Closes the session, with a checkpoint of the write-ahead log if possible. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
