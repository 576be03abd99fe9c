package io.rollcall.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.leader.LeaderConflict;
import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.Bootstrap;
import io.rollcall.server.registry.Change;
import io.rollcall.server.registry.LogEntry;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.NodeMap;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.registry.SessionEnd;
import io.rollcall.server.store.Row.LogEntryBody;
import io.rollcall.server.store.Row.NamespaceBody;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What lies on the disks of those who run a gateway. If a test here fails because a value was changed, the stored form
 * changes with it: keep it (a DTO, an annotation), or add a step to {@link Schema}.
 */
class StoredFormatTest {
    private static final Instant AT = Instant.parse("2026-11-01T12:00:00.000000001Z");
    private static final Session SESSION = new Session(NodeId.of(7), new Incarnation(-71, false));
    private static final Node NODE = new Node(
            SESSION,
            new NodeDetails("10.0.0.7", 5000, List.of("raft"), Map.of("zone", "\"ä\u0000")),
            NodeStatus.SUSPECTED,
            AT,
            2,
            AT,
            9);
    private static final LeaderRegister LEADER =
            new LeaderRegister(3, NodeId.of(7), SESSION, AT, new LeaderConflict(3, NodeId.of(8), NodeId.of(9), AT));
    private static final SessionEnd ENDING = new SessionEnd(new Incarnation(5, true), SessionEnd.Reason.REPLACED);

    private static final String SESSION_TEXT = "{\"node\":7,\"incarnation\":{\"number\":-71,\"implicit\":false}}";
    private static final String NODE_TEXT = "{\"session\":" + SESSION_TEXT
            + ",\"details\":{\"host\":\"10.0.0.7\",\"port\":5000,\"capabilities\":[\"raft\"],"
            + "\"metadata\":{\"zone\":\"\\\"ä\\u0000\"}},\"status\":\"SUSPECTED\","
            + "\"statusSince\":\"2026-11-01T12:00:00.000000001Z\",\"epoch\":2,"
            + "\"joinedAt\":\"2026-11-01T12:00:00.000000001Z\",\"revision\":9}";
    private static final String LEADER_TEXT = "{\"term\":3,\"elected\":7,\"leader\":" + SESSION_TEXT
            + ",\"since\":\"2026-11-01T12:00:00.000000001Z\",\"conflict\":{\"term\":3,\"claimant\":8,\"reporter\":9,"
            + "\"since\":\"2026-11-01T12:00:00.000000001Z\"}}";
    private static final String ENDING_TEXT =
            "{\"incarnation\":{\"number\":5,\"implicit\":true},\"reason\":\"REPLACED\"}";

    @Test
    void aNode() throws IOException {
        bothWays(Row.NODE, NODE, NODE_TEXT);
    }

    @Test
    void aNamespace() throws IOException {
        bothWays(
                Row.NAMESPACE,
                new NamespaceBody(9, 3, 1, new Bootstrap(2, SESSION, true), LEADER, 2),
                "{\"revision\":9,\"nodes\":3,\"ended\":1,\"bootstrap\":{\"epoch\":2,\"founder\":" + SESSION_TEXT
                        + ",\"confirmed\":true},\"leader\":" + LEADER_TEXT + ",\"branches\":2}");
    }

    @Test
    void aNamespaceWithNobody() throws IOException {
        bothWays(
                Row.NAMESPACE,
                new NamespaceBody(0, 0, 0, new Bootstrap(1, null, false), LeaderRegister.empty(AT), null),
                "{\"revision\":0,\"nodes\":0,\"ended\":0,\"bootstrap\":{\"epoch\":1,\"confirmed\":false},"
                        + "\"leader\":{\"term\":0,\"since\":\"2026-11-01T12:00:00.000000001Z\"}}");
    }

    @Test
    void aBranch() throws IOException {
        bothWays(Row.BRANCH, new Row.BranchBody(-5), "{\"number\":-5}");
    }

    @Test
    void endedSessions() throws IOException {
        String text = Row.ENDED.write(new SessionEnd[] {ENDING});
        assertThat(text).isEqualTo("[" + ENDING_TEXT + "]");
        assertThat(Row.ENDED.read("alpha", 7, text, Row.ENDED.checksum("alpha", 7, text)))
                .containsExactly(ENDING);
    }

    @Test
    void eachKindOfLogEntry() throws IOException {
        entry(
                new Change.NodeChanged(NODE, Optional.of(ENDING)),
                "{\"epoch\":2,\"node\":" + NODE_TEXT + ",\"ended\":" + ENDING_TEXT + "}");
        entry(new Change.NodeGone(9, NodeId.of(7), Optional.empty()), "{\"epoch\":2,\"gone\":7}");
        entry(new Change.LeaderChanged(9, LEADER), "{\"epoch\":2,\"leader\":" + LEADER_TEXT + "}");
        entry(
                new Change.BootstrapChanged(9, new Bootstrap(2, null, false)),
                "{\"epoch\":2,\"bootstrap\":{\"epoch\":2,\"confirmed\":false}}");
    }

    @Test
    void aChecksum() {
        assertThat(Row.NODE.checksum("alpha", 7, "{}")).isEqualTo(509_063_627L);
    }

    @Test
    void anUnknownComponent_isRefused() {
        refused("{\"epoch\":2,\"gone\":7,\"more\":1}");
    }

    @Test
    void aMissingComponent_isRefused() {
        refused("{\"gone\":7}");
    }

    @Test
    void anotherRowsBody_isRefused() throws IOException {
        String body = Row.NODE.write(NODE);
        long checksum = Row.NODE.checksum("alpha", 7, body);
        assertThatThrownBy(() -> Row.NODE.read("alpha", 8, body, checksum)).hasMessageContaining("node 8 of alpha");
        assertThatThrownBy(() -> Row.NODE.read("beta", 7, body, checksum)).hasMessageContaining("node 7 of beta");
    }

    private static void refused(String body) {
        long checksum = Row.LOG_ENTRY.checksum("alpha", 9, body);
        assertThatThrownBy(() -> Row.LOG_ENTRY.read("alpha", 9, body, checksum))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("step 9 of alpha cannot be read");
    }

    private static void entry(Change change, String text) throws IOException {
        LogEntry entry = new LogEntry(change, 2);
        bothWays(Row.LOG_ENTRY, LogEntryBody.of(entry), text);
        assertThat(LogEntryBody.of(entry).at(9, NodeMap.empty())).isEqualTo(entry);
    }

    private static <T> void bothWays(Row<T> row, T value, String text) throws IOException {
        assertThat(row.write(value)).isEqualTo(text);
        assertThat(row.read("alpha", 7, text, row.checksum("alpha", 7, text))).isEqualTo(value);
    }
}
