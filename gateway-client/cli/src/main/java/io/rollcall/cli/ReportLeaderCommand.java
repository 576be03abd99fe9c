package io.rollcall.cli;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.LeaderReport;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reports the leader. */
@Command(
        name = "report-leader",
        mixinStandardHelpOptions = true,
        description = "Reports who leads, as the node of the credentials, which must be registered.")
final class ReportLeaderCommand implements Callable<Integer> {
    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "NODE", description = "The leader's id.")
    private int leader;

    @Option(names = "--term", paramLabel = "TERM", description = "The Raft term of the election, 1 or more.")
    private @Nullable Long term;

    @Override
    public Integer call() {
        try (GatewayClient client = gateway.open()) {
            Long elected = term;
            LeaderReport report =
                    client.reportLeader(leader, elected == null ? OptionalLong.empty() : OptionalLong.of(elected));
            output.either(json(report), text(report));
            return report.accepted() ? ExitCode.DONE : ExitCode.REFUSED;
        }
    }

    private static Map<String, Object> json(LeaderReport report) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("accepted", report.accepted());
        json.put("leader", report.leaderId());
        json.put("term", report.term());
        json.put("message", report.message());
        return json;
    }

    private static String text(LeaderReport report) {
        String onRecord = report.leaderId() == 0 ? "no leader" : "node " + report.leaderId();
        return (report.accepted() ? "accepted" : "refused: " + report.message()) + "; on record: " + onRecord
                + ", term " + report.term();
    }
}
