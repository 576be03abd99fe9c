package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.namespace.NodeId;
import java.time.Instant;
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
 * looked at for a page.
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
    void aPage_looksAtNoMoreThanItNeeds() {
        NodeQuery.Found page = NodeQuery.liveExcept(0).find(nodes(List.of(), 50), 7, 10);
        assertThat(page.lookedAt()).isEqualTo(10);
        assertThat(page.nodes())
                .extracting(node -> node.id().value())
                .containsExactly(8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
    }
}
