package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.registry.LeaseVerdict.Kind;
import io.rollcall.server.registry.NodeDetails;
import io.rollcall.server.registry.RegisterNode;
import io.rollcall.server.registry.Registrations;
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.NodeInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists: filters, pages and "unchanged since". Ten nodes; the even ones gossip, 4 is suspected, 5 has failed. */
class GetNodesTest {
    private ServedNamespace alpha;

    @BeforeEach
    void tenNodes() throws Exception {
        alpha = new ServedNamespace();
        for (int id = 1; id <= 10; id++) {
            List<String> capabilities = id % 2 == 0 ? List.of("raft", "gossip") : List.of("raft");
            NodeDetails details = new NodeDetails("10.0.0." + id, 5000, capabilities, Map.of());
            alpha.namespace()
                    .submit(new RegisterNode(NodeId.of(id), details, id, 0, Registrations.UNBOUNDED, Instant.EPOCH))
                    .join();
        }
        alpha.settle(Kind.SUSPECT, 4);
        alpha.settle(Kind.EXPIRE, 5);
    }

    @AfterEach
    void close() {
        alpha.close();
    }

    @Test
    void withoutFilters_allLiveNodesAreListed_orderedById() {
        assertThat(ids(ask(GetNodesRequest.newBuilder()))).containsExactly(1, 2, 3, 4, 6, 7, 8, 9, 10);
    }

    @Test
    void byStatus_andByCapability_bothMustHold() {
        assertThat(ids(ask(GetNodesRequest.newBuilder().addStatuses("failed")))).containsExactly(5);
        assertThat(ids(ask(GetNodesRequest.newBuilder().addStatuses("suspected").addStatuses("failed"))))
                .containsExactly(4, 5);
        assertThat(ids(ask(GetNodesRequest.newBuilder()
                        .addStatuses("active")
                        .addCapabilities("gossip")
                        .addCapabilities("raft")
                        .setRequestingNodeId(2))))
                .containsExactly(6, 8, 10);
    }

    @Test
    void pages_followEachOtherByNodeId_eachSayingItsRevision() {
        List<Integer> seen = new ArrayList<>();
        GetNodesRequest.Builder next = GetNodesRequest.newBuilder().setPageSize(4);
        int pages = 0;
        for (String token = ""; pages == 0 || !token.isEmpty(); pages++) {
            GetNodesResponse page = ask(next.setPageToken(token));
            assertThat(page.getNodesCount()).isLessThanOrEqualTo(4);
            assertThat(page.getRevision()).isEqualTo(alpha.namespace().state().revision());
            seen.addAll(ids(page));
            token = page.getNextPageToken();
        }
        assertThat(pages).isEqualTo(3);
        assertThat(seen).containsExactly(1, 2, 3, 4, 6, 7, 8, 9, 10);
    }

    @Test
    void aFullLastPage_isFollowedByNone() {
        GetNodesResponse page = ask(GetNodesRequest.newBuilder().setPageSize(9));
        assertThat(page.getNodesCount()).isEqualTo(9);
        assertThat(page.getNextPageToken()).isEmpty();
    }

    @Test
    void thePageToken_holdsTheLastIdAndTheFirstPagesRevision_thoughTheListChanges() {
        GetNodesResponse first = ask(GetNodesRequest.newBuilder().setPageSize(2));
        alpha.settle(Kind.EXPIRE, 3);
        GetNodesResponse second =
                ask(GetNodesRequest.newBuilder().setPageSize(2).setPageToken(first.getNextPageToken()));
        assertThat(ids(second)).containsExactly(4, 6);
        assertThat(PageToken.decode(second.getNextPageToken())).isEqualTo(new PageToken(6, first.getRevision()));
    }

    @Test
    void whatTheCallerKnows_isNotSentAgain_butOnlyOfThisRegistry() {
        GetNodesResponse all = ask(GetNodesRequest.newBuilder());
        GetNodesRequest.Builder again = GetNodesRequest.newBuilder()
                .setKnownRevision(all.getRevision())
                .setKnownRegistryId(all.getRegistryId());
        assertThat(ask(again).getUnchanged()).isTrue();
        assertThat(ask(again).getNodesCount()).isZero();
        assertThat(ask(again.build().toBuilder().setKnownRegistryId("another")).getUnchanged())
                .isFalse();
        alpha.settle(Kind.RECOVER, 4);
        assertThat(ask(again).getUnchanged()).isFalse();
    }

    /** A registry that was put back in time comes to the same revision again. */
    @Test
    void w1_aRevisionOfAnotherBranch_isNeverUnchanged_andAnAlarm() {
        GetNodesResponse all = ask(GetNodesRequest.newBuilder());
        GetNodesRequest.Builder again = GetNodesRequest.newBuilder()
                .setKnownRevision(all.getRevision())
                .setKnownRegistryId(all.getRegistryId())
                .setKnownBranch(all.getBranch());
        assertThat(ask(again).getUnchanged()).isTrue();
        assertThat(alpha.alarms.all()).isEmpty();
        assertThat(ask(again.setKnownBranch(all.getBranch() + 1)).getUnchanged())
                .isFalse();
        assertThat(alpha.alarms.all()).singleElement().satisfies(alarm -> {
            assertThat(alarm.subject()).isEqualTo(Alarm.Subject.of(Alarm.Matter.WENT_BACK, ServedNamespace.ALPHA));
            assertThat(alarm.remedy()).contains("only copies made by scripts/backup");
        });
    }

    /** The event loop is everybody's. */
    @Test
    void longLists_areMadeElsewhere_shortOnesAtOnce() {
        for (int id = 11; id <= RegistryService.SHORT_LIST; id++) {
            Registrations.register(alpha.namespace(), id, id);
        }
        ask(GetNodesRequest.newBuilder());
        assertThat(alpha.listed).hasValue(0);
        Registrations.register(alpha.namespace(), RegistryService.SHORT_LIST + 1, 1);
        assertThat(ids(ask(GetNodesRequest.newBuilder().addCapabilities("gossip"))))
                .containsExactly(2, 4, 6, 8, 10);
        assertThat(alpha.listed).hasValue(1);
    }

    @Test
    void badFilters_areNamed() {
        assertRefused(GetNodesRequest.newBuilder().addStatuses("alive"), "statuses: ");
        assertRefused(GetNodesRequest.newBuilder().setPageSize(-1), "page_size: -1 ");
        assertRefused(GetNodesRequest.newBuilder().setPageSize(10_001), "page_size: 10001 ");
        assertRefused(GetNodesRequest.newBuilder().setPageToken("AAAA"), "page_token: ");
        assertRefused(GetNodesRequest.newBuilder().setPageToken("%"), "page_token: ");
        assertRefused(GetNodesRequest.newBuilder().setRequestingNodeId(-1), "requesting_node_id: -1 ");
    }

    private void assertRefused(GetNodesRequest.Builder request, String beginning) {
        assertThatThrownBy(() -> ask(request))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith(beginning);
    }

    private static List<Integer> ids(GetNodesResponse response) {
        return response.getNodesList().stream().map(NodeInfo::getNodeId).toList();
    }

    private GetNodesResponse ask(GetNodesRequest.Builder request) {
        return alpha.getNodes(ServedNamespace.OPERATOR, request.build());
    }
}
