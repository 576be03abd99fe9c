package io.rollcall.cli;

import io.rollcall.client.ClusterChange;
import io.rollcall.client.ClusterView;
import io.rollcall.client.GatewayClient;
import io.rollcall.client.GatewayException;
import io.rollcall.client.Node;
import io.rollcall.client.WatchListener;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Follows the namespace. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description =
                "Prints the nodes and the leader, and then each change, until it is interrupted. An outage is shown,"
                        + " and survived.")
final class WatchCommand implements Callable<Integer> {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Option(names = "--count", paramLabel = "N", description = "Ends after N changes. Default: never.")
    private int count = Integer.MAX_VALUE;

    @Override
    public Integer call() throws InterruptedException {
        UntilEnded ended = new UntilEnded();
        try (GatewayClient client = gateway.open()) {
            client.watch(new Printed(ended));
            ended.await(client::close);
        }
        return ExitCode.DONE;
    }

    /** Prints what happens; on the watch's thread. */
    private final class Printed implements WatchListener {
        private final UntilEnded ended;
        private int changes;

        Printed(UntilEnded ended) {
            this.ended = ended;
        }

        @Override
        public void taken(ClusterView view) {
            view.nodes().values().forEach(node -> say("node", "node", Described.node(node), nodeText(node)));
            view.leaderNode()
                    .ifPresent(node -> say(
                            "leader",
                            "leader",
                            node.id(),
                            leaderText(node.id(), view.leader().term())));
            say(
                    "snapshot",
                    "revision",
                    view.at().number(),
                    view.nodes().size() + " nodes at revision " + view.at().number() + ", epoch "
                            + view.at().epoch());
            if (changes >= count) {
                ended.end();
            }
        }

        @Override
        public void changed(List<ClusterChange> changed, ClusterView view) {
            for (ClusterChange change : changed) {
                if (changes < count) {
                    changes++;
                    say(change);
                }
            }
            if (changes >= count) {
                ended.end();
            }
        }

        private void say(ClusterChange change) {
            if (change instanceof ClusterChange.NodeChanged it) {
                say("node", "node", Described.node(it.node()), nodeText(it.node()));
            } else if (change instanceof ClusterChange.NodeGone it) {
                say("gone", "node", it.nodeId(), "node " + it.nodeId() + " is gone");
            } else if (change instanceof ClusterChange.LeaderChanged it) {
                int leader = it.leader().nodeId().orElse(0);
                say("leader", "leader", leader, leaderText(leader, it.leader().term()));
            } else if (change instanceof ClusterChange.FoundingChanged it) {
                long epoch = it.founding().epoch();
                say("bootstrap", "epoch", epoch, foundingText(it.founding()));
            }
        }

        @Override
        public void outage(GatewayException why) {
            say("outage", "why", String.valueOf(why.getMessage()), "no gateway: " + why.getMessage());
        }

        @Override
        public void recovered() {
            say("recovered", "why", "", "the gateway answers again");
        }

        private void say(String event, String what, Object value, String text) {
            if (output.isJson()) {
                Map<String, Object> json = new LinkedHashMap<>();
                json.put("event", event);
                json.put(what, value);
                output.json(json);
            } else {
                output.line(Output.cut(CLOCK.format(LocalTime.now(ZoneId.systemDefault())) + "  " + text));
            }
        }
    }

    private static String nodeText(Node node) {
        return "node " + node.id() + " " + Described.status(node) + " at " + Described.address(node) + " "
                + String.join(",", node.capabilities());
    }

    private static String leaderText(int leader, long term) {
        return (leader == 0 ? "no leader" : "node " + leader + " leads") + ", term " + term;
    }

    private static String foundingText(ClusterChange.Founding founding) {
        String by = founding.nodeId().isPresent()
                ? "node " + founding.nodeId().getAsInt() + (founding.confirmed() ? " founded" : " is to found")
                : founding.confirmed() ? "the cluster is founded" : "nobody has founded";
        return "epoch " + founding.epoch() + ": " + by + (founding.nodeId().isPresent() ? " the cluster" : "");
    }
}
