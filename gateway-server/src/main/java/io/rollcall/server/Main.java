package io.rollcall.server;

import io.netty.util.internal.PlatformDependent;
import io.rollcall.server.config.Arguments;
import io.rollcall.server.config.ConfigException;
import io.rollcall.server.config.ConfigSource;
import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.OpenFiles;
import io.rollcall.server.config.Setting;
import io.rollcall.server.reload.HangUpSignal;
import io.rollcall.server.transport.DirectMemory;
import io.rollcall.server.transport.TlsDefaults;
import io.rollcall.server.watchdog.OutOfMemory;
import io.rollcall.server.watchdog.Program;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a gateway from its arguments and waits until it is asked to end. */
public final class Main {
    private static final Logger log = LoggerFactory.getLogger(Main.class);
    private static final int CANNOT_RUN = 1;
    private static final int BAD_ARGUMENTS = 2;

    /** Set to true by who wants to see netty's buffers in a flight recording. */
    private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

    /** Longer than closing should ever take, and below the 30 s after which supervisors kill. */
    private static final Duration LONGEST_END = Duration.ofSeconds(20);

    private Main() {}

    public static void main(String[] arguments) {
        run(arguments, Gateway::start);
    }

    /** Starts the gateway of a configuration. */
    interface Starter {
        Gateway start(GatewayConfig config) throws IOException;
    }

    static void run(String[] arguments, Starter starter) {
        try {
            HangUpSignal hangUp = HangUpSignal.listen(); // first: until then SIGHUP would end the process
            OutOfMemory.arm();
            // Libraries change the case of names by the locale: in Turkish, Conscrypt finds no "linux" and password4j
            // no "argon2id".
            Locale.setDefault(Locale.ROOT);
            TlsDefaults.apply();
            leaveOutNettyEvents();
            Optional<ConfigSource> source = Arguments.parse(arguments);
            if (source.isPresent()) {
                serve(starter, source.get(), hangUp, System.out);
            }
        } catch (ConfigException e) {
            fail(String.valueOf(e.getMessage()), BAD_ARGUMENTS);
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            log.debug("the start failed", e);
            fail(Program.sentence(e), CANNOT_RUN);
        }
    }

    /** Netty would register its events for flight recordings, at the cost of a fifteenth of a start. */
    private static void leaveOutNettyEvents() {
        if (System.getProperty(NETTY_EVENTS) == null) {
            System.setProperty(NETTY_EVENTS, "false");
        }
    }

    private static void serve(Starter starter, ConfigSource source, HangUpSignal hangUp, PrintStream out)
            throws IOException {
        DirectMemory.limit();
        GatewayConfig config = source.read();
        LogLevel.set(config.get(Setting.LOG_LEVEL));
        StartChecks.of(
                        config,
                        hangUp.isIgnored(),
                        OpenFiles.most(),
                        Runtime.getRuntime().maxMemory(),
                        PlatformDependent.maxDirectMemory())
                .forEach(log::warn);
        Closer closer = new Closer();
        try {
            Gateway gateway = closer.register(starter.start(config));
            gateway.follow(source, hangUp);
            Optional<Path> password = gateway.consolePasswordFile();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(gateway), "shutdown"));
            password.ifPresent(file -> out.println("Console sign-in: user admin, password in " + file));
            out.println("Gateway ready: nodes " + gateway.address() + ", console " + gateway.consoleAddress());
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            closer.closeAfter(e);
            throw e;
        }
    }

    private static void end(Gateway gateway) {
        endBy(LONGEST_END);
        int code = 0;
        try {
            gateway.close();
        } catch (IOException | RuntimeException | Error e) {
            OutOfMemory.endProcessIf(e);
            log.error("the gateway did not shut down cleanly", e);
            code = CANNOT_RUN;
        }
        // A JVM ended by SIGTERM would exit with 143, which supervisors take for a failure.
        Runtime.getRuntime().halt(code);
    }

    private static void endBy(Duration limit) {
        Thread watchdog = new Thread(
                () -> {
                    try {
                        Thread.sleep(limit.toMillis());
                    } catch (InterruptedException e) {
                        return; // never happens; the gateway would then end without a limit
                    }
                    log.error("the gateway did not end within {}; it is halted", limit);
                    Runtime.getRuntime().halt(CANNOT_RUN);
                },
                "shutdown-limit");
        watchdog.setDaemon(true);
        watchdog.start();
    }

    private static void fail(String why, int code) {
        Program.end("The gateway cannot start:\n" + why.indent(2).stripTrailing(), code);
    }
}
