package io.rollcall.cli;

import io.rollcall.client.GatewayClient;
import io.rollcall.client.GatewayClientBuilder;
import io.rollcall.client.NodeCredentials;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the gateway is, and who asks. */
final class GatewayOptions {
    /** Held, or its level would be forgotten with it. */
    private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "${env:ROLLCALL_TARGET:-localhost:8090}",
            description = "Addresses of the gateway; several with commas between. Default: localhost:8090.")
    private List<String> targets = List.of();

    @Option(
            names = "--credentials",
            paramLabel = "DIR",
            defaultValue = "${env:ROLLCALL_CREDENTIALS}",
            description = "The directory with cert.pem, key.pem, token.jwt, and the gateway's ca.pem.")
    private @Nullable Path credentials;

    @Option(
            names = "--server-name",
            paramLabel = "NAME",
            defaultValue = "${env:ROLLCALL_SERVER_NAME}",
            description = "The name in the gateway's certificate, if it is not the target's host.")
    private @Nullable String serverName;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "The deadline of each call, 1 to 300. Default: 10.")
    private int timeout;

    List<String> targets() {
        return targets;
    }

    /** @throws IllegalArgumentException if no directory was named */
    Path directory() {
        Path directory = credentials;
        if (directory == null) {
            throw new IllegalArgumentException("no credentials (expected: --credentials DIR, or ROLLCALL_CREDENTIALS)");
        }
        return directory;
    }

    /** Reads the files; connects with the first call. */
    GatewayClient open() {
        return open(targets);
    }

    GatewayClient open(List<String> at) {
        GRPC_LOG.setLevel(Level.OFF); // the exceptions say the same, without a stack trace
        GatewayClientBuilder builder = GatewayClient.builder()
                .targets(at)
                .credentials(NodeCredentials.fromDirectory(directory()))
                .deadline(Duration.ofSeconds(timeout));
        String name = serverName;
        return (name == null ? builder : builder.serverName(name)).build();
    }
}
