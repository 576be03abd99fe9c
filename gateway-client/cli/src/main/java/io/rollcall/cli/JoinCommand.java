package io.rollcall.cli;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.GatewayException;
import io.rollcall.client.Node;
import io.rollcall.client.NodeDescription;
import io.rollcall.client.NodeSession;
import io.rollcall.client.Registration;
import io.rollcall.client.SessionListener;
import io.rollcall.client.Stats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Registers a node, and keeps it registered. */
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        description =
                "Registers the node of the credentials, shows what the gateway says, and keeps it registered until"
                        + " interrupted; then the node is removed.")
final class JoinCommand implements Callable<Integer> {
    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--gateway-host", paramLabel = "HOST", description = "The gateway's host, instead of --target.")
    private @Nullable String host;

    @Option(names = "--gateway-port", paramLabel = "PORT", defaultValue = "8090", description = "Its port.")
    private int port;

    @Option(
            names = "--node-id",
            paramLabel = "ID",
            description = "Must be the certificate's, if given: a guard against the wrong directory.")
    private @Nullable Integer nodeId;

    @Option(
            names = "--ip",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Where the other nodes reach this one. Default: 127.0.0.1.")
    private String address = "";

    @Option(names = "--port", paramLabel = "PORT", defaultValue = "5000", description = "Its port. Default: 5000.")
    private int nodePort;

    @Option(
            names = "--capability",
            paramLabel = "WORD",
            split = ",",
            defaultValue = "raft,gossip,test",
            description = "What the node can do; several with commas between. Default: raft,gossip,test.")
    private List<String> capabilities = List.of();

    @Option(names = "--metadata", paramLabel = "KEY=VALUE", description = "May be given again.")
    private Map<String, String> metadata = new LinkedHashMap<>();

    @Override
    public Integer call() throws InterruptedException {
        String named = host;
        List<String> targets = named == null
                ? gateway.targets()
                : List.of((named.contains(":") ? "[" + named + "]" : named) + ":" + port);
        UntilEnded ended = new UntilEnded();
        try (GatewayClient client = gateway.open(targets)) {
            Integer expected = nodeId;
            if (expected != null && client.nodeId().orElse(0) != expected) {
                throw new IllegalArgumentException("--node-id: " + expected + " (expected: "
                        + (client.nodeId().isPresent()
                                ? client.nodeId().getAsInt() + ", whom the certificate in "
                                : "a node's certificate in ")
                        + gateway.directory() + (client.nodeId().isPresent() ? " names)" : ")"));
            }
            NodeDescription node = NodeDescription.of(address, nodePort)
                    .capabilities(capabilities.toArray(String[]::new))
                    .metadata(metadata);
            Told told = new Told(ended);
            NodeSession session = client.register(node, told);
            if (!output.isJson()) {
                show(client, session);
            }
            ended.await(client::close);
            return told.isOver ? ExitCode.REFUSED : ExitCode.DONE;
        }
    }

    private void show(GatewayClient client, NodeSession session) {
        output.line("leader: " + session.leader().map(JoinCommand::text).orElse("none known"));
        output.line("members: " + session.members().size());
        session.members().forEach(member -> output.line(Output.cut("  " + text(member))));
        Stats stats = client.stats();
        output.line("statistics: " + stats.active() + " active, " + stats.failed() + " failed, term " + stats.term()
                + ", revision " + stats.at().number());
        output.line("registered until interrupted (Ctrl-C)");
    }

    private static String text(Node node) {
        return "node " + node.id() + " at " + Described.address(node) + " " + Described.status(node);
    }

    /** Prints what becomes of the session. */
    private final class Told implements SessionListener {
        private final UntilEnded ended;
        private volatile boolean isOver;

        Told(UntilEnded ended) {
            this.ended = ended;
        }

        @Override
        public void registered(Registration registration) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("event", "registered");
            json.put("node", registration.nodeId());
            json.put("bootstrap", registration.bootstrap());
            json.put("leader", registration.leader().map(Node::id).orElse(0));
            json.put("members", registration.members().stream().map(Node::id).toList());
            json.put("term", registration.term());
            json.putAll(Described.revision(registration.at()));
            output.either(
                    json,
                    "node " + registration.nodeId() + " is registered in epoch " + registration.epoch()
                            + (registration.bootstrap() ? ": found the cluster" : ": join the cluster"));
        }

        @Override
        public void outage(GatewayException why) {
            say("outage", "trouble, trying on: " + why.getMessage());
        }

        @Override
        public void recovered() {
            say("recovered", "the gateway answers again");
        }

        @Override
        public void replaced() {
            over("replaced", "another process registered as this node");
        }

        @Override
        public void removed() {
            over("removed", "this node was removed");
        }

        private void over(String event, String text) {
            say(event, text);
            isOver = true;
            ended.end();
        }

        private void say(String event, String text) {
            output.either(Map.of("event", event, "message", text), text);
        }
    }
}
