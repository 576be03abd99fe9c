package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.client.testing.FakeGateway;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node class with discovery mixed in. */
class GatewayDiscoveryTest {
    private final FakeGateway gateway = FakeGateway.start();
    private final GatewayClient client = gateway.client(7);
    private final RaftNode node = new RaftNode(client);

    private static final class RaftNode implements GatewayDiscovery {
        private final ClusterMembership membership;

        RaftNode(GatewayClient client) {
            this.membership = new ClusterMembership(client);
        }

        @Override
        public ClusterMembership membership() {
            return membership;
        }
    }

    @AfterEach
    void close() {
        client.close();
        gateway.close();
    }

    @Test
    void aNode_joins_leads_andLeaves() {
        node.joinCluster(NodeDescription.of("10.0.0.7", 5000));
        assertThat(node.isBootstrapNode()).isTrue();
        assertThat(node.clusterNodes()).extracting(Node::id).containsExactly(7);
        assertThat(node.reportLeader(7, OptionalLong.of(1)).accepted()).isTrue();
        assertThat(node.clusterLeader()).map(Node::id).contains(7);
        assertThatThrownBy(() -> node.joinCluster(NodeDescription.of("10.0.0.7", 5000)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("node 7 has joined already");
        node.leaveCluster();
        assertThat(gateway.holds(7)).isFalse();
        assertThat(node.isBootstrapNode()).isFalse();
        node.leaveCluster();
        node.joinCluster(NodeDescription.of("10.0.0.7", 5000));
        assertThat(gateway.holds(7)).isTrue();
    }

    @Test
    void aNodeThatHasNotJoined_isNoFounder_andReportsNobody() {
        assertThat(node.isBootstrapNode()).isFalse();
        assertThatThrownBy(() -> node.reportLeader(7, OptionalLong.empty())).isInstanceOf(IllegalStateException.class);
        node.leaveCluster();
    }
}
