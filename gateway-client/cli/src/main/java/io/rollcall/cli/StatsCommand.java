package io.rollcall.cli;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.Stats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows counts. */
@Command(name = "stats", mixinStandardHelpOptions = true, description = "Shows counts of the namespace.")
final class StatsCommand implements Callable<Integer> {
    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        try (GatewayClient client = gateway.open()) {
            Stats stats = client.stats();
            if (output.isJson()) {
                output.json(json(client.namespace(), stats));
            } else {
                print(client.namespace(), stats);
            }
        }
        return ExitCode.DONE;
    }

    private static Map<String, Object> json(String namespace, Stats stats) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("namespace", namespace);
        json.put("total", stats.total());
        json.put("active", stats.active());
        json.put("suspected", stats.suspected());
        json.put("failed", stats.failed());
        json.put("leader", stats.leaderId());
        json.put("term", stats.term());
        json.put("bootstrapped", stats.bootstrapped());
        json.put("uptime_seconds", stats.uptime().toSeconds());
        json.putAll(Described.revision(stats.at()));
        return json;
    }

    private void print(String namespace, Stats stats) {
        output.table(
                List.of("namespace", namespace),
                List.of(
                        List.of(
                                "nodes",
                                stats.total() + " (" + stats.active() + " active, " + stats.suspected()
                                        + " of them suspected; " + stats.failed() + " failed)"),
                        List.of("leader", stats.leaderId() == 0 ? "none known" : "node " + stats.leaderId()),
                        List.of("term", Long.toString(stats.term())),
                        List.of("founded", stats.bootstrapped() ? "yes" : "no"),
                        List.of("epoch", Long.toString(stats.at().epoch())),
                        List.of("revision", Long.toString(stats.at().number())),
                        List.of("registry", stats.at().registryId()),
                        List.of("gateway up", Described.lasting(stats.uptime()))));
    }
}
