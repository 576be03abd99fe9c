package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.DevNamespace;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetStatsRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Members of both tenants that look on while somebody attacks the gateway: nothing changes in either namespace, they
 * are answered as before, and the gateway's log tells of no defect.
 */
final class Bystanders implements AutoCloseable {
    private final GatewayProcess gateway;
    private final List<MemberChannel> operators;
    private final MemberChannel node;
    private List<Long> revisions;
    private int linesRead;

    /** Remembers what is there now. */
    Bystanders(GatewayProcess gateway) throws Exception {
        this.gateway = gateway;
        DevNamespace alpha = gateway.certs().namespace("alpha");
        DevNamespace beta = gateway.certs().namespace("beta");
        operators = List.of(channel(alpha.operator()), channel(beta.operator()));
        node = channel(alpha.node(5));
        revisions = revisions();
    }

    private MemberChannel channel(Member member) throws Exception {
        return new MemberChannel(gateway, member.credential(), member.token());
    }

    private List<Long> revisions() {
        return operators.stream().map(Bystanders::revision).toList();
    }

    private static long revision(MemberChannel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .getStats(GetStatsRequest.getDefaultInstance())
                .getRevision();
    }

    /** Since the last time that this was asked. */
    void assertUndisturbed() {
        List<Long> before = revisions;
        revisions = revisions();
        List<String> lines = List.copyOf(gateway.process().lines());
        List<String> news = lines.subList(linesRead, lines.size());
        linesRead = lines.size();
        assertThat(revisions).as("revisions of alpha and beta").isEqualTo(before);
        assertThat(revision(node)).isEqualTo(revisions.get(0));
        assertThat(news).noneMatch(line -> line.contains("Incident ")).noneMatch(line -> line.startsWith("\tat "));
    }

    @Override
    public void close() throws InterruptedException {
        for (MemberChannel operator : operators) {
            operator.close();
        }
        node.close();
    }
}
