package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.liveness.Leases;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.registry.DecidedNamespace;
import io.rollcall.server.registry.NodeQuery;
import io.rollcall.server.registry.NodeStatus;
import io.rollcall.server.testing.TestTicker;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.WatchNodesResponse;
import io.rollcall.v1.WatchSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Kept encodings, beside the messages that they stand for.
 *
 * <p>Planted bugs: an entry's bytes stay when the node has changed; last-seen times are never renewed; the list of a
 * registration has the field number of GetNodes; a part leaves out the node after it.
 */
class NodeListsTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final NodeQuery ALL = new NodeQuery(EnumSet.allOf(NodeStatus.class), Set.of(), 0);

    private final TestTicker ticker = new TestTicker();
    private final Leases leases = new Leases(ticker);
    private final TestClock clock = new TestClock(Instant.parse("2026-11-01T12:00:00.250Z"));
    private final RegistryMessages messages = new RegistryMessages(leases, clock);
    private final NodeLists lists = new NodeLists(messages, ticker::nanos);
    private final DecidedNamespace alpha = new DecidedNamespace();

    private void advance(Duration by) {
        ticker.advance(by);
        clock.advance(by);
    }

    private List<NodeInfo> expected() {
        List<NodeInfo> nodes = new ArrayList<>();
        alpha.state().nodes().values().forEach(node -> nodes.add(messages.node(ALPHA, node)));
        return nodes;
    }

    private List<NodeInfo> listed() throws IOException {
        return GetNodesResponse.parseFrom(reply(GetNodesResponse.NODES_FIELD_NUMBER))
                .getNodesList();
    }

    private EncodedReply reply(int field) {
        NodeQuery.Found all = ALL.find(alpha.state(), 0, Long.MAX_VALUE);
        return EncodedReply.of(GetNodesResponse.getDefaultInstance(), lists.entries(field, ALPHA, all));
    }

    @Test
    void aList_isWhatTheNodesAreNow_whateverChangedSinceTheLastOne() throws IOException {
        Random random = new Random(11);
        for (int step = 0; step < 2_000; step++) {
            int id = 1 + random.nextInt(150);
            if (random.nextInt(3) == 0 && alpha.state().nodes().size() > 0) {
                int some = alpha.state().nodes().values().iterator().next().id().value();
                alpha.expire(random.nextBoolean() ? some : lastId());
            } else {
                alpha.register(id, step + 1);
            }
            if (random.nextInt(10) == 0) {
                assertThat(listed()).isEqualTo(expected());
            }
        }
        assertThat(RegisterNodeResponse.parseFrom(reply(RegisterNodeResponse.NODES_FIELD_NUMBER))
                        .getNodesList())
                .isEqualTo(expected());
        assertThat(alpha.state().nodes().size()).isGreaterThan(100);
    }

    private int lastId() {
        int last = 0;
        for (var node : alpha.state().nodes().values()) {
            last = node.id().value();
        }
        return last;
    }

    @Test
    void lastSeen_isRenewedAfterHalfASecond_andNotBefore() throws IOException {
        alpha.register(1, 11);
        leases.begin(ALPHA, alpha.state(), List.of());
        double first = listed().get(0).getLastSeen();
        advance(Duration.ofMillis(499));
        leases.beat(ALPHA, alpha.state().nodes().values().iterator().next().id(), 11)
                .join();
        assertThat(listed().get(0).getLastSeen()).isEqualTo(first);
        advance(Duration.ofMillis(1));
        assertThat(listed()).isEqualTo(expected());
        assertThat(listed().get(0).getLastSeen()).isEqualTo(first + 0.499);
    }

    @Test
    void parts_followEachOther_withoutGapOrRepetition() throws InvalidProtocolBufferException, IOException {
        for (int id = 1; id <= 300; id++) {
            alpha.register(id, id);
        }
        for (int mostBytes : List.of(0, 100, 1_000, 5_000, 1 << 20)) {
            List<NodeInfo> all = new ArrayList<>();
            int after = 0;
            NodeLists.Part part;
            do {
                part = lists.part(ALPHA, alpha.state().nodes(), after, mostBytes, false);
                WatchSnapshot snapshot = parsed(part).getSnapshot();
                assertThat(snapshot.getNodesCount()).isPositive();
                if (snapshot.getNodesCount() > 1) {
                    assertThat(part.entries().size()).isLessThanOrEqualTo(mostBytes);
                }
                all.addAll(snapshot.getNodesList());
                after = part.lastId();
            } while (!part.isComplete());
            assertThat(all).isEqualTo(expected());
        }
        NodeLists.Part none = lists.part(ALPHA, alpha.state().nodes(), 7, 0, true);
        assertThat(none.entries().size()).isZero();
        assertThat(none.lastId()).isEqualTo(7);
        assertThat(none.isComplete()).isFalse();
    }

    @Test
    void aPart_takesAsManyAsFit_toTheByte() throws IOException {
        for (int id = 1; id <= 3; id++) {
            alpha.register(id, id);
        }
        int bytesOfTwo = part(1, Integer.MAX_VALUE).entries().size();
        NodeLists.Part two = part(1, bytesOfTwo);
        assertThat(two.isComplete()).isTrue();
        assertThat(ids(two)).containsExactly(2, 3);
        NodeLists.Part one = part(1, bytesOfTwo - 1);
        assertThat(one.isComplete()).isFalse();
        assertThat(ids(one)).containsExactly(2);
    }

    private NodeLists.Part part(int after, int mostBytes) {
        return lists.part(ALPHA, alpha.state().nodes(), after, mostBytes, false);
    }

    private static List<Integer> ids(NodeLists.Part part) throws IOException {
        return parsed(part).getSnapshot().getNodesList().stream()
                .map(NodeInfo::getNodeId)
                .toList();
    }

    private static WatchNodesResponse parsed(NodeLists.Part part) throws IOException {
        return WatchNodesResponse.parseFrom(EncodedReply.of(
                WatchNodesResponse.newBuilder().setRevision(7).build(),
                WatchNodesResponse.SNAPSHOT_FIELD_NUMBER,
                WatchSnapshot.newBuilder().setComplete(part.isComplete()).build(),
                part.entries()));
    }

    @Test
    void aReply_knowsItsLength_howeverItIsRead() throws IOException {
        alpha.register(1, 11);
        EncodedReply drained = reply(GetNodesResponse.NODES_FIELD_NUMBER);
        int length = drained.available();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(drained.drainTo(bytes)).isEqualTo(length).isEqualTo(bytes.size());
        assertThat(drained.available()).isZero();
        assertThat(drained.read()).isEqualTo(-1);

        EncodedReply read = reply(GetNodesResponse.NODES_FIELD_NUMBER);
        int first = read.read();
        assertThat(read.available()).isEqualTo(length - 1);
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        rest.write(first);
        assertThat(read.drainTo(rest)).isEqualTo(length - 1);
        assertThat(rest.toByteArray()).isEqualTo(bytes.toByteArray());

        EncodedReply inPieces = reply(GetNodesResponse.NODES_FIELD_NUMBER);
        assertThat(inPieces.read(new byte[5], 0, 5)).isEqualTo(5);
        for (int left = length - 5; left > 0; left--) {
            assertThat(inPieces.available()).isEqualTo(left);
            assertThat(inPieces.read()).isNotNegative();
        }
        assertThat(inPieces.read(new byte[5], 0, 5)).isEqualTo(-1);
        assertThat(inPieces.available()).isZero();
    }
}
