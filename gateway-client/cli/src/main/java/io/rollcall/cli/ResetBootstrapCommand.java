package io.rollcall.cli;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.Revision;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets the cluster be founded again. */
@Command(
        name = "reset-bootstrap",
        mixinStandardHelpOptions = true,
        description = "Lets the cluster of the namespace be founded again, in the next epoch, for an operator. The next"
                + " node that registers is told to found it.")
final class ResetBootstrapCommand implements Callable<Integer> {
    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--reason",
            required = true,
            paramLabel = "TEXT",
            description = "Why, for the audit log: 1 to 512 characters.")
    private String reason = "";

    @Option(names = "--force", description = "Also while members are live; they register again.")
    private boolean isForced;

    @Override
    public Integer call() {
        try (GatewayClient client = gateway.open()) {
            Revision at = client.resetBootstrap(reason, isForced);
            output.either(
                    Described.revision(at),
                    "epoch " + at.epoch() + " has begun; the next node that registers is told to found the cluster");
        }
        return ExitCode.DONE;
    }
}
