package io.rollcall.server;

import io.rollcall.server.config.GatewayConfig;
import io.rollcall.server.config.OwnerOnly;
import io.rollcall.server.config.Setting;
import io.rollcall.server.quota.MemoryNeed;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds problems that do not prevent the start but will harm the gateway later, in how the process was started and in
 * its limits. Each is a sentence for the log that says what to do.
 */
final class StartChecks {
    /**
     * In addition to the connections of nodes: program, store, audit log and event loops (some 160), and the console.
     */
    static final int OWN_FILES = 500;

    private StartChecks() {}

    /**
     * @param isHangUpIgnored whether the process was started with SIGHUP ignored
     * @param mostOpenFiles the process's limit of file descriptors
     * @param heap that the JVM may use, in bytes
     * @param direct memory outside the heap that messages may use, in bytes
     */
    static List<String> of(GatewayConfig config, boolean isHangUpIgnored, long mostOpenFiles, long heap, long direct) {
        List<String> found = new ArrayList<>();
        if (isHangUpIgnored) {
            found.add(
                    "SIGHUP is ignored in this process, as under nohup, so it will not make the gateway read its files"
                            + " again (it still reads changed files); start it by setsid or a supervisor rather than"
                            + " nohup");
        }
        long needed = (long) config.get(Setting.MAX_CONNECTIONS) + OWN_FILES;
        if (mostOpenFiles < needed) {
            found.add("this process may open " + mostOpenFiles + " files, and max-connections "
                    + config.get(Setting.MAX_CONNECTIONS) + " needs " + needed
                    + ": some connections will not be accepted; raise the hard limit to " + needed
                    + " (ulimit -Hn, LimitNOFILE), or " + lower(mostOpenFiles));
        }
        MemoryNeed.of(config.quotas().values()).shortage(heap, direct).ifPresent(found::add);
        OwnerOnly.exposure(config.get(Setting.KEY)).ifPresent(found::add);
        return found;
    }

    private static String lower(long mostOpenFiles) {
        long fits = mostOpenFiles - OWN_FILES;
        return fits > 0 ? "lower max-connections to " + fits : "give max-connections a lower value, too";
    }
}
