package io.rollcall.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.rollcall.server.config.Arguments;
import io.rollcall.server.config.ConfigException;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.transport.TlsDefaults;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Starts a gateway from its arguments and waits until it is told to end. */
public final class Main {
    private static final int CANNOT_RUN = 1;
    private static final int BAD_ARGUMENTS = 2;

    private Main() {}

    public static void main(String[] arguments) {
        TlsDefaults.apply();
        PrintStream out = System.out;
        try {
            Optional<GatewayConfig> config = Arguments.parse(arguments);
            if (config.isPresent()) {
                serve(config.get(), out);
            }
        } catch (ConfigException e) {
            fail(String.valueOf(e.getMessage()), BAD_ARGUMENTS);
        } catch (IOException | IllegalArgumentException e) {
            fail(String.valueOf(e.getMessage()), CANNOT_RUN);
        }
    }

    private static void serve(GatewayConfig config, PrintStream out) throws IOException {
        ((Logger) LoggerFactory.getLogger("io.rollcall")).setLevel(Level.toLevel(config.logLevel()));
        Gateway gateway = Gateway.start(config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(gateway), "shutdown"));
        gateway.consolePasswordFile()
                .ifPresent(file -> out.println("Console sign-in: user admin, password in " + file));
        out.println("Gateway ready: nodes " + gateway.address() + ", console " + gateway.consoleAddress());
    }

    private static void end(Gateway gateway) {
        gateway.close();
        // A JVM that SIGTERM ends would exit with 143, which supervisors take for a failure.
        Runtime.getRuntime().halt(0);
    }

    private static void fail(String why, int code) {
        System.err.println("The gateway cannot start:\n" + why.indent(2).stripTrailing());
        System.exit(code);
    }
}
