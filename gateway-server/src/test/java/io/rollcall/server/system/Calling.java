package io.rollcall.server.system;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetStatsRequest;
import io.rollcall.v1.GetStatsResponse;
import java.util.concurrent.TimeUnit;

/** One call that any member may make, and what came of it. */
final class Calling {
    private Calling() {}

    /** Empty: it went through; else code and reason. */
    static String refusal(Channel channel) {
        try {
            var unused = stats(channel);
            return "";
        } catch (StatusRuntimeException e) {
            return LongLivedClient.reason(e);
        }
    }

    static int activeNodes(Channel channel) {
        return stats(channel).getActiveNodes();
    }

    private static GetStatsResponse stats(Channel channel) {
        return GatewayServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .getStats(GetStatsRequest.getDefaultInstance());
    }
}
