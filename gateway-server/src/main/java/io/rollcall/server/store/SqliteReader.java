package io.rollcall.server.store;

import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.Branches;
import io.rollcall.server.registry.EndedSessions;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeMap;
import io.rollcall.server.registry.RegistryStore.StoredNamespace;
import io.rollcall.server.registry.SessionEnd;
import io.rollcall.server.store.Row.NamespaceBody;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and verifies the whole store: each row's checksum, each namespace's number of rows, and that its history has no
 * gap. Throws an {@link IOException} that names the damage.
 */
final class SqliteReader {
    private final Connection connection;
    private final boolean hasBranches;

    /** @param connection to a database of this version or an older one */
    SqliteReader(Connection connection) throws SQLException {
        this.connection = connection;
        this.hasBranches = Sqlite.number(connection, "PRAGMA user_version") >= Schema.WITH_BRANCHES;
    }

    Map<NamespaceName, StoredNamespace> read() throws SQLException, IOException {
        Map<NamespaceName, StoredNamespace> namespaces = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT number, name, body, checksum FROM namespace")) {
            while (row.next()) {
                int number = row.getInt(1);
                String name = row.getString(2);
                NamespaceBody body = Row.NAMESPACE.read(name, number, row.getString(3), row.getLong(4));
                namespaces.put(new NamespaceName(name), read(number, name, body));
            }
        }
        return namespaces;
    }

    private StoredNamespace read(int number, String name, NamespaceBody body) throws SQLException, IOException {
        Nodes nodes = new Nodes();
        forEach("SELECT id, body, checksum FROM node WHERE namespace = ? ORDER BY id", Row.NODE, number, name, nodes);
        Ended ended = new Ended();
        forEach("SELECT id, body, checksum FROM ended WHERE namespace = ?", Row.ENDED, number, name, ended);
        Entries entries = new Entries(nodes.byId);
        forEach(
                "SELECT revision, body, checksum FROM step WHERE namespace = ? ORDER BY revision",
                Row.LOG_ENTRY,
                number,
                name,
                entries);
        Started started = new Started();
        if (hasBranches) {
            forEach(
                    "SELECT first, body, checksum FROM branch WHERE namespace = ? ORDER BY first",
                    Row.BRANCH,
                    number,
                    name,
                    started);
        }
        NamespaceState state = NamespaceState.of(
                body.revision(),
                body.bootstrap(),
                body.leader(),
                nodes.byId,
                ended.endedSessions,
                Branches.of(started.oldestFirst));
        require(name, state.nodes().size() == body.nodes(), "has not as many nodes as were written");
        require(
                name,
                state.endedSessions().byNode().size() == body.ended(),
                "has not as many ended sessions as were written");
        require(
                name,
                body.branches() == null || body.branches() == started.oldestFirst.size(),
                "has not as many branches as were written");
        require(
                name,
                entries.oldestFirst.isEmpty() || entries.next == body.revision() + 1,
                "has not the history up to its revision");
        return new StoredNamespace(state, entries.oldestFirst);
    }

    private <T> void forEach(String query, Row<T> row, int number, String name, Sink<T> sink)
            throws SQLException, IOException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setInt(1, number);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    long key = result.getLong(1);
                    require(
                            name,
                            sink.take(key, row.read(name, key, result.getString(2), result.getLong(3))),
                            "has a row out of place: " + row.table() + " " + key);
                }
            }
        }
    }

    private static void require(String namespace, boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(namespace + " " + otherwise);
        }
    }

    /** Takes rows in order; returns false for an impossible row. */
    private interface Sink<T> {
        boolean take(long key, T value) throws IOException;
    }

    private static final class Nodes implements Sink<Node> {
        private NodeMap byId = NodeMap.empty();

        @Override
        public boolean take(long key, Node node) {
            byId = byId.plus(node);
            return node.id().value() == key;
        }
    }

    private static final class Ended implements Sink<SessionEnd[]> {
        private EndedSessions endedSessions = EndedSessions.none();

        @Override
        public boolean take(long key, SessionEnd[] newestFirst) {
            endedSessions = endedSessions.with(NodeId.of((int) key), List.of(newestFirst));
            return true;
        }
    }

    private static final class Started implements Sink<Row.BranchBody> {
        private final List<Branches.Branch> oldestFirst = new ArrayList<>();

        @Override
        public boolean take(long first, Row.BranchBody body) {
            oldestFirst.add(new Branches.Branch(body.number(), first));
            return true;
        }
    }

    private static final class Entries implements Sink<Row.LogEntryBody> {
        private final NodeMap current;
        private final List<LogEntry> oldestFirst = new ArrayList<>();
        private long next;

        Entries(NodeMap current) {
            this.current = current;
        }

        @Override
        public boolean take(long revision, Row.LogEntryBody body) throws IOException {
            boolean isNext = oldestFirst.isEmpty() || revision == next;
            oldestFirst.add(body.at(revision, current));
            next = revision + 1;
            return isNext;
        }
    }
}
