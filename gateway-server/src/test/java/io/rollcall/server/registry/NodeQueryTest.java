package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which nodes a list has, and how many are looked at for it.
 *
 * <p>Planted bugs: a capability that a node says twice counts twice; nodes that do not match cost nothing; all nodes are
 * looked at for a page; a leaf is taken as a whole though one of its nodes has failed; the node that asks is looked for
 * in the wrong leaf; a list without a limit ends behind the first node that is left out.
 */
class NodeQueryTest {
    private static NamespaceState nodes(List<String> capabilities, int count) {
        NamespaceState state = NamespaceState.empty(Instant.EPOCH);
        for (int id = 1; id <= count; id++) {
            Draft draft = new Draft(state);
            new RegisterNode(
                            NodeId.of(id),
                            new NodeDetails("10.0.0.1", 5000, capabilities, Map.of()),
                            id,
                            0,
                            Registrations.UNBOUNDED,
                            Instant.EPOCH)
                    .decide(draft);
            state = draft.state();
        }
        return state;
    }

    static Stream<Arguments> capabilities() {
        return Stream.of(
                Arguments.of(List.of("raft", "gossip"), Set.of("raft", "gossip"), true),
                Arguments.of(List.of("gossip", "x", "raft"), Set.of("raft", "gossip"), true),
                Arguments.of(List.of("raft", "raft"), Set.of("raft", "gossip"), false),
                Arguments.of(List.of("raft", "raft", "x"), Set.of("raft", "gossip", "x"), false),
                Arguments.of(List.of("raft"), Set.of("raft"), true),
                Arguments.of(List.of("raft"), Set.of("gossip"), false),
                Arguments.of(List.of(), Set.of("gossip"), false),
                Arguments.of(List.of(), Set.of(), true));
    }

    @ParameterizedTest
    @MethodSource("capabilities")
    void aNode_isListed_ifItHasAllCapabilities(List<String> its, Set<String> wanted, boolean isListed) {
        assertThat(new NodeQuery(Set.of(), wanted, 0).find(nodes(its, 1), 0, 10).nodes())
                .hasSize(isListed ? 1 : 0);
    }

    @Test
    void nodesThatDoNotMatch_areLookedAtAsWell() {
        NodeQuery.Found none =
                new NodeQuery(Set.of(), Set.of("gossip", "x"), 0).find(nodes(List.of("raft"), 50), 0, 10);
        assertThat(none.nodes()).isEmpty();
        assertThat(none.lookedAt()).isEqualTo(50);
    }

    @Test
    void aPage_looksAtTheNextNode_toKnowWhetherThereIsAnother() {
        NodeQuery.Found page = NodeQuery.liveExcept(0).find(nodes(List.of(), 50), 7, 10);
        assertThat(page.lookedAt()).isEqualTo(11);
        assertThat(page.isCut()).isTrue();
        assertThat(page.lastId()).isEqualTo(17);
        assertThat(page.nodes())
                .extracting(node -> node.id().value())
                .containsExactly(8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
    }

    @Test
    void whereThereIsRoomForNone_noneIsLookedAt() {
        NodeQuery.Found none = NodeQuery.liveExcept(0).find(nodes(List.of(), 50), 0, 0);
        assertThat(none.nodes()).isEmpty();
        assertThat(none.lookedAt()).isZero();
    }

    /** A cluster in which one in seven has failed, and one in three gossips. */
    private static NamespaceState mixed(int count) {
        DecidedNamespace alpha = new DecidedNamespace();
        for (int id = 1; id <= count; id++) {
            alpha.register(id, id);
        }
        for (int id = 1; id <= count; id += 7) {
            alpha.expire(id);
        }
        return alpha.state();
    }

    @Test
    void whatIsFound_isWhatALookAtEachNodeFinds() {
        for (NamespaceState state : List.of(mixed(0), mixed(1), mixed(64), mixed(300), nodes(List.of("raft"), 300))) {
            List<Node> all = new ArrayList<>(state.nodes().values());
            for (Set<NodeStatus> statuses : List.of(
                    Set.<NodeStatus>of(), Set.of(NodeStatus.FAILED), Set.of(NodeStatus.ACTIVE, NodeStatus.FAILED))) {
                for (Set<String> capabilities : List.of(Set.<String>of(), Set.of("raft"), Set.of("none"))) {
                    for (int except : List.of(0, 1, 64, 65, 200, 1_000)) {
                        check(state, all, new NodeQuery(statuses, capabilities, except));
                    }
                }
            }
        }
    }

    private static void check(NamespaceState state, List<Node> all, NodeQuery query) {
        for (int after : List.of(0, 1, 63, 64, 199, 300)) {
            List<Node> matching = all.stream()
                    .filter(node -> node.id().value() > after
                            && node.id().value() != query.exceptId()
                            && query.statuses().contains(node.status())
                            && node.details().capabilities().containsAll(query.capabilities()))
                    .toList();
            for (long most : List.of(1L, 63L, 64L, 65L, 128L, 1_000L, Long.MAX_VALUE)) {
                List<Node> expected = matching.subList(0, (int) Math.min(most, matching.size()));
                NodeQuery.Found found = query.find(state, after, most);
                assertThat(found.nodes()).isEqualTo(expected);
                assertThat(found.isCut()).isEqualTo(matching.size() > most);
                assertThat(found.lastId())
                        .isEqualTo(
                                expected.isEmpty()
                                        ? 0
                                        : expected.get(expected.size() - 1).id().value());
                assertThat(found.lookedAt()).isEqualTo(lookedAt(all, matching, after, most));
            }
        }
    }

    /** All up to the first that no longer has room. */
    private static int lookedAt(List<Node> all, List<Node> matching, int after, long most) {
        int last = matching.size() > most ? matching.get((int) most).id().value() : Integer.MAX_VALUE;
        return (int) all.stream()
                .filter(node -> node.id().value() > after && node.id().value() <= last)
                .count();
    }
}
