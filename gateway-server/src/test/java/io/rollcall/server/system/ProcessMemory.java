package io.rollcall.server.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a gateway's process holds after a full collection: its live objects, by the JVM's own histogram, and its direct
 * memory, by the gateway's metrics. In bytes.
 */
record ProcessMemory(long heap, long direct) {
    private static final Pattern LIVE = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");
    private static final Pattern DIRECT = Pattern.compile("(?m)^rollcall_memory_direct_bytes (\\S+)$");

    static ProcessMemory of(GatewayProcess gateway) throws Exception {
        long heap = Long.parseLong(only(LIVE, jcmd(gateway, "GC.class_histogram")));
        return new ProcessMemory(heap, direct(gateway));
    }

    /** Without a collection. */
    static long direct(GatewayProcess gateway) throws Exception {
        return (long) Double.parseDouble(only(DIRECT, ConsoleHttp.scrape(gateway)));
    }

    private static String only(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            throw new AssertionError("no " + pattern + " in " + text);
        }
        return found.group(1);
    }

    private static String jcmd(GatewayProcess gateway, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(gateway.process().pid()),
                        command))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(output);
        }
        return output;
    }
}
