package io.rollcall.cli;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.Leadership;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the leader. */
@Command(
        name = "leader",
        mixinStandardHelpOptions = true,
        description = "Shows the leader, as the members reported it. Ends with 5 if none is known.")
final class LeaderCommand implements Callable<Integer> {
    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        try (GatewayClient client = gateway.open()) {
            Leadership leadership = client.leader();
            output.either(Described.leadership(leadership), text(leadership));
            return leadership.leader().isPresent() ? ExitCode.DONE : ExitCode.NONE;
        }
    }

    private static String text(Leadership leadership) {
        String term = leadership.term() == 0 ? "" : ", term " + leadership.term();
        return leadership
                        .leader()
                        .map(node -> "node " + node.id() + " at " + Described.address(node))
                        .orElse("no leader is known")
                + term
                + leadership
                        .conflict()
                        .map(conflict -> "\nconflict: " + Described.conflict(conflict))
                        .orElse("");
    }
}
