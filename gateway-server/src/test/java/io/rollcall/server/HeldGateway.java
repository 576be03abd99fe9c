package io.rollcall.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The gateway, but its start waits until a file is there, as if its store took that long to read. */
public final class HeldGateway {
    /** The file that lets it go on. */
    public static final String UNTIL = "HELD_UNTIL";

    /** Printed while it waits. */
    public static final String HELD = "held";

    private HeldGateway() {}

    public static void main(String[] arguments) {
        Path file = Path.of(System.getenv(UNTIL));
        Main.run(arguments, config -> {
            System.out.println(HELD);
            while (!Files.exists(file)) {
                pause();
            }
            return Gateway.start(config);
        });
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
