package io.rollcall.client;

import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;
import java.util.OptionalLong;

/**
 * The result of a leader report.
 *
 * @param accepted whether it was recorded
 * @param leaderId the leader on record after the call; 0: none
 * @param term the term on record; 0: none
 * @param message if refused, what would have been accepted
 */
public record LeaderReport(boolean accepted, int leaderId, long term, String message) {

    static UpdateLeaderRequest request(int leaderId, long incarnation, OptionalLong term) {
        UpdateLeaderRequest.Builder request =
                UpdateLeaderRequest.newBuilder().setLeaderId(leaderId).setIncarnation(incarnation);
        term.ifPresent(request::setTerm);
        return request.build();
    }

    static LeaderReport of(UpdateLeaderResponse reply) {
        return new LeaderReport(
                reply.getStatus().equals("updated"), reply.getLeaderId(), reply.getTerm(), reply.getMessage());
    }
}
