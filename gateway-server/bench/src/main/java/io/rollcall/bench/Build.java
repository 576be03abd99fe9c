package io.rollcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A build of the gateway.
 *
 * @param name for the tables
 * @param classPath of its jars
 */
record Build(String name, String classPath) {
    /** The one that the benchmarks were built with. */
    static final Build THIS = new Build("gateway", System.getProperty("java.class.path"));

    /**
     * Returns the build of another checkout, to compare with.
     *
     * @throws IOException if it is not built
     */
    static Build at(Path checkout) throws IOException {
        Path target = checkout.resolve("gateway-server/target");
        Path jar = target.resolve("rollcall-gateway-server.jar");
        if (!Files.exists(jar)) {
            throw new IOException("there is no " + jar + "; build the gateway there first");
        }
        return new Build("baseline", jar + ":" + target.resolve("lib") + "/*");
    }
}
