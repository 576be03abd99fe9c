package io.rollcall.demo;

import io.rollcall.client.CredentialsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Nodes of several namespaces, each a process: every now and then one is killed, and starts again some seconds later.
 *
 * <p>One thread starts and kills; the processes end with this one, since each watches its standard input.
 */
@Command(
        name = "demo-fleet",
        mixinStandardHelpOptions = true,
        description = "Starts demo nodes of several namespaces, kills one every 20 to 40 s and starts it again.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"2:wrong usage or credentials", "130:ended by Ctrl-C", "143:ended by SIGTERM"})
public final class DemoFleet implements Callable<Integer> {

    @Option(
            names = "--target",
            split = ",",
            defaultValue = "localhost:8090",
            description = "the gateway's addresses (${DEFAULT-VALUE})")
    private List<String> targets = List.of();

    @Option(names = "--certs", required = true, description = "the directory that scripts/dev-certs made")
    private Path certs = Path.of("");

    @Option(names = "--ca", description = "the CA that vouches for the gateway (gateway/ca.pem in --certs)")
    private @Nullable Path ca;

    @Option(
            names = "--namespaces",
            split = ",",
            defaultValue = "alpha,beta",
            description = "whose nodes to start (${DEFAULT-VALUE})")
    private List<String> namespaces = List.of();

    @Option(names = "--nodes-per-namespace", defaultValue = "3", description = "1 to 100 (${DEFAULT-VALUE})")
    private int nodesPerNamespace;

    @Option(names = "--calm", description = "kill nobody")
    private boolean calm;

    @Option(names = "--seed", description = "of whom and when to kill (random)")
    private @Nullable Long seed;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DemoFleet()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        if (nodesPerNamespace < 1 || nodesPerNamespace > 100) {
            System.err.println("--nodes-per-namespace: " + nodesPerNamespace + " (expected: 1..100)");
            return CommandLine.ExitCode.USAGE;
        }
        Path authorities = ca == null ? certs.resolve("gateway").resolve("ca.pem") : ca;
        List<NodeProcess> nodes = new ArrayList<>();
        for (int id = 1; id <= nodesPerNamespace; id++) {
            for (String namespace : namespaces) {
                Path directory = NodeProcess.directory(certs, namespace, id);
                if (!Files.isDirectory(directory)) {
                    System.err.println(directory + " is not there: make it with scripts/dev-certs " + certs
                            + " --namespace " + namespace + ":1-" + nodesPerNamespace);
                    return CommandLine.ExitCode.USAGE;
                }
                nodes.add(new NodeProcess(namespace, id, targets, certs, authorities));
            }
        }
        try (Leaders leaders = new Leaders(targets, certs, authorities, namespaces)) {
            Random random = seed == null ? new Random() : new Random(seed);
            Fleet fleet = new Fleet(nodes, leaders, new Mayhem(random), calm);
            Runtime.getRuntime().addShutdownHook(new Thread(fleet::stop, "stop the fleet"));
            fleet.run();
            return CommandLine.ExitCode.OK;
        } catch (CredentialsException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
    }
}
