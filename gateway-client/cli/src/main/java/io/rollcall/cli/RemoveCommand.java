package io.rollcall.cli;

import io.rollcall.client.GatewayClient;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes a node. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Removes a node: an operator any of the namespace, a node itself. Its session ends, and does not"
                + " register again by itself.")
final class RemoveCommand implements Callable<Integer> {
    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Parameters(paramLabel = "NODE", description = "The node's id.")
    private int node;

    @Override
    public Integer call() {
        try (GatewayClient client = gateway.open()) {
            boolean isRemoved = client.remove(node);
            output.either(
                    Map.of("node", node, "removed", isRemoved),
                    isRemoved ? "node " + node + " is removed" : "there is no node " + node);
            return isRemoved ? ExitCode.DONE : ExitCode.NONE;
        }
    }
}
