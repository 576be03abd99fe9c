package io.rollcall.cli;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.Leadership;
import io.rollcall.client.Node;
import io.rollcall.client.NodeList;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the nodes. */
@Command(
        name = "nodes",
        mixinStandardHelpOptions = true,
        description = "Lists the nodes of the namespace whose lease has not expired.")
final class NodesCommand implements Callable<Integer> {
    private static final List<String> HEADER = List.of("NODE", "ROLE", "STATUS", "ADDRESS", "SEEN", "CAPABILITIES");

    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        try (GatewayClient client = gateway.open()) {
            NodeList nodes = client.nodes();
            Leadership leadership = client.leader();
            int leader = leadership.leader().map(Node::id).orElse(0);
            if (output.isJson()) {
                nodes.nodes().forEach(node -> output.json(json(node, leader)));
            } else {
                Instant now = Instant.now();
                output.table(
                        HEADER,
                        nodes.nodes().stream()
                                .map(node -> row(node, leader, now))
                                .toList());
            }
        }
        return ExitCode.DONE;
    }

    private static Map<String, Object> json(Node node, int leader) {
        Map<String, Object> json = new LinkedHashMap<>(Described.node(node));
        json.put("is_leader", node.id() == leader);
        return json;
    }

    private static List<String> row(Node node, int leader, Instant now) {
        return List.of(
                Integer.toString(node.id()),
                node.id() == leader ? "leader" : "",
                Described.status(node),
                Described.address(node),
                Described.ago(node.lastSeen(), now),
                String.join(",", node.capabilities()));
    }
}
