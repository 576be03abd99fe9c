package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.rollcall.server.admission.AlmostPaidRead;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.GetStatsResponse;
import io.rollcall.v1.NodeInfo;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.RemoveNodeResponse;
import io.rollcall.v1.ResetBootstrapRequest;
import io.rollcall.v1.ResetBootstrapResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers are told of registrations, removals, resets and counts. Lists: {@link GetNodesTest}. */
class RegistryServiceTest {
    private ServedNamespace alpha;

    @BeforeEach
    void open() throws Exception {
        alpha = new ServedNamespace();
    }

    @AfterEach
    void close() {
        alpha.close();
    }

    @Test
    void theFirst_isToldToFound_andLeads_theNextToJoin() {
        RegisterNodeResponse first = register(1);
        assertThat(first.getStatus()).isEqualTo("registered");
        assertThat(first.getNodeId()).isEqualTo(1);
        assertThat(first.getIsBootstrap()).isTrue();
        assertThat(first.getMessage()).isEqualTo("found the cluster");
        assertThat(first.getLeader().getNodeId()).isEqualTo(1);
        assertThat(first.getNodesList()).isEmpty();
        assertThat(first.getHeartbeatIntervalMs()).isEqualTo(10_000);
        assertThat(first.getNodeTimeoutMs()).isEqualTo(60_000);

        RegisterNodeResponse second = register(2);
        assertThat(second.getStatus()).isEqualTo("registered");
        assertThat(second.getIsBootstrap()).isFalse();
        assertThat(second.getMessage()).isEqualTo("join the cluster");
        assertThat(second.getLeader().getNodeId()).isEqualTo(1);
        assertThat(second.getNodesList()).extracting(NodeInfo::getNodeId).containsExactly(1);
    }

    @Test
    void aRepeatedRegistration_isAnUpdate_withTheSameAnswer() {
        register(1);
        RegisterNodeResponse again = register(1);
        assertThat(again.getStatus()).isEqualTo("updated");
        assertThat(again.getIsBootstrap()).isTrue();
    }

    @Test
    void aRepeatedRegistration_whoseLeaseHasEndedMeanwhile_isRefused() {
        register(1);
        alpha.leases.end(ServedNamespace.ALPHA);
        assertThatThrownBy(() -> register(1))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.SESSION_ENDED));
    }

    @Test
    void theOthers_areListedUpToTheLimit_withoutOneAll() {
        register(1);
        register(2);
        register(3);
        assertThat(register(4).getNodesList()).extracting(NodeInfo::getNodeId).containsExactly(1, 2, 3);
        assertThat(register(request(4).setNodesLimit(2)).getNodesList())
                .extracting(NodeInfo::getNodeId)
                .containsExactly(1, 2);
        assertThat(register(request(4).setNodesLimit(0)).getNodesList()).isEmpty();
    }

    @Test
    void theOthers_areThoseOnBothSidesOfTheCaller() {
        register(1);
        register(2);
        register(3);
        register(4);
        assertThat(register(2).getNodesList())
                .extracting(NodeInfo::getNodeId, NodeInfo::getIpAddress)
                .containsExactly(tuple(1, "10.0.0.1"), tuple(3, "10.0.0.3"), tuple(4, "10.0.0.4"));
    }

    /** Three nodes are looked at: those that are listed, and the caller. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aList_costsWhatWasLookedAt(int nodesLeft) {
        register(1);
        register(2);
        register(3);
        AlmostPaidRead registering = new AlmostPaidRead(nodesLeft);
        registering.context().run(() -> register(3));
        assertThat(registering.costsMore()).isEqualTo(nodesLeft < 3);
        AlmostPaidRead listing = new AlmostPaidRead(nodesLeft);
        listing.context().run(() -> {
            GetNodesResponse list = alpha.getNodes(
                    ServedNamespace.node(3),
                    GetNodesRequest.newBuilder().setRequestingNodeId(3).build());
            assertThat(list.getNodesCount()).isEqualTo(2);
        });
        assertThat(listing.costsMore()).isEqualTo(nodesLeft < 3);
    }

    @Test
    void aRemovedNode_isGone_asIsSaidOnce() {
        register(1);
        RemoveNodeResponse removed = remove(ServedNamespace.node(1), 1);
        assertThat(removed.getStatus()).isEqualTo("removed");
        assertThat(removed.getNodeId()).isEqualTo(1);
        assertThat(removed.getMessage()).isEmpty();
        RemoveNodeResponse gone = remove(ServedNamespace.node(1), 1);
        assertThat(gone.getStatus()).isEqualTo("not_found");
        assertThat(gone.getNodeId()).isEqualTo(1);
        assertThat(gone.getMessage()).isEqualTo("node 1: not registered in this session");
    }

    @Test
    void anOperator_removesWhicheverSessionIsThere_aNodeOnlyItsOwn() {
        register(1);
        assertThat(remove(ServedNamespace.node(1), 0).getStatus()).isEqualTo("not_found");
        assertThat(remove(ServedNamespace.OPERATOR, 0).getStatus()).isEqualTo("removed");
    }

    @Test
    void aReset_isAnsweredWithTheNewEpoch() {
        register(1);
        ResetBootstrapResponse reset = alpha.answer(
                ServedNamespace.OPERATOR,
                reply -> alpha.service.resetBootstrap(
                        ResetBootstrapRequest.newBuilder()
                                .setForce(true)
                                .setReason("a drill")
                                .build(),
                        reply));
        assertThat(reset.getEpoch()).isEqualTo(2);
    }

    @Test
    void statistics_countNodesByStatus_andSecondsSinceTheStart() {
        for (int id = 1; id <= 6; id++) {
            register(id);
        }
        alpha.settle(Kind.SUSPECT, 4);
        alpha.settle(Kind.EXPIRE, 5);
        alpha.settle(Kind.EXPIRE, 6);
        alpha.clock.advance(Duration.ofMillis(1_500));
        GetStatsResponse stats = alpha.answer(ServedNamespace.OPERATOR, alpha.service::getStats);
        assertThat(stats.getTotalNodes()).isEqualTo(6);
        assertThat(stats.getActiveNodes()).isEqualTo(4);
        assertThat(stats.getSuspectedNodes()).isEqualTo(1);
        assertThat(stats.getFailedNodes()).isEqualTo(2);
        assertThat(stats.getLeaderId()).isEqualTo(1);
        assertThat(stats.getBootstrapInitiated()).isTrue();
        assertThat(stats.getUptime()).isEqualTo(1.5);
    }

    private static RegisterNodeRequest.Builder request(int node) {
        return RegisterNodeRequest.newBuilder()
                .setNodeId(node)
                .setIpAddress("10.0.0." + node)
                .setPort(5000)
                .setIncarnation(node);
    }

    /** A node whose incarnation is as its id. */
    private RegisterNodeResponse register(int node) {
        return register(request(node));
    }

    private RegisterNodeResponse register(RegisterNodeRequest.Builder request) {
        return alpha.registerNode(ServedNamespace.node(request.getNodeId()), request.build());
    }

    private RemoveNodeResponse remove(Caller caller, long incarnation) {
        RemoveNodeRequest request = RemoveNodeRequest.newBuilder()
                .setNodeId(1)
                .setIncarnation(incarnation)
                .build();
        return alpha.answer(caller, reply -> alpha.service.removeNode(request, reply));
    }
}
