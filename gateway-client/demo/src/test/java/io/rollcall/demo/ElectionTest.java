package io.rollcall.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.client.Leadership;
import io.rollcall.client.Node;
import io.rollcall.client.NodeStatus;
import io.rollcall.client.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ElectionTest {

    private static final List<Node> THREE =
            List.of(node(1, NodeStatus.ACTIVE), node(2, NodeStatus.ACTIVE), node(3, NodeStatus.ACTIVE));

    private static Node node(int id, NodeStatus status) {
        return new Node(id, "127.0.0.1", 5000, List.of(), Map.of(), status, Instant.EPOCH, Instant.EPOCH);
    }

    private static Leadership noLeader(long term) {
        return new Leadership(Optional.empty(), term, Optional.empty(), new Revision("r", 1, 1));
    }

    private static List<Integer> claimants(List<Node> live, long term) {
        return live.stream()
                .map(Node::id)
                .filter(id -> new Election(id).shouldClaim(noLeader(term), live, false))
                .toList();
    }

    @Test
    void whenNobodyLeads_exactlyOneClaims() {
        for (long term = 1; term < 50; term++) {
            assertThat(claimants(THREE, term)).as("term %d", term).hasSize(1);
        }
    }

    @Test
    void overManyTerms_everybodyLeads() {
        assertThat(IntStream.range(1, 10)
                        .boxed()
                        .flatMap(term -> claimants(THREE, term).stream())
                        .distinct())
                .containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void nodeThatIsSuspected_isNotTheSuccessor() {
        List<Node> live = List.of(node(1, NodeStatus.SUSPECTED), node(2, NodeStatus.ACTIVE));
        for (long term = 1; term < 10; term++) {
            assertThat(claimants(live, term)).containsExactly(2);
        }
    }

    @Test
    void firstTerm_isTheFounders_unlessItIsLost() {
        Election other = new Election(1);
        assertThat(new Election(3).shouldClaim(noLeader(0), THREE, true)).isTrue();
        for (int look = 1; look <= 20; look++) {
            assertThat(other.shouldClaim(noLeader(0), THREE, false)).isFalse();
        }
        assertThat(other.shouldClaim(noLeader(0), THREE, false)).isTrue();
    }

    @Test
    void founderWhomTheGatewayNamed_claimsTheFirstTerm() {
        Leadership named =
                new Leadership(Optional.of(node(2, NodeStatus.ACTIVE)), 0, Optional.empty(), new Revision("r", 1, 1));
        assertThat(new Election(2).shouldClaim(named, THREE, true)).isTrue();
        assertThat(new Election(1).shouldClaim(named, THREE, false)).isFalse();
    }

    @Test
    void whileSomebodyLeads_nobodyClaims() {
        Leadership led =
                new Leadership(Optional.of(node(2, NodeStatus.ACTIVE)), 4, Optional.empty(), new Revision("r", 1, 1));
        for (int id = 1; id <= 3; id++) {
            assertThat(new Election(id).shouldClaim(led, THREE, true)).isFalse();
        }
    }
}
