package io.rollcall.server.health;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.grpc.protobuf.services.HealthStatusManager;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.watchdog.CheckIn;
import io.rollcall.server.watchdog.Watchdog;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the gateway serves, as reported by the standard health service: from the end of its start until it shuts
 * down, on request or by itself.
 */
public final class ServingState implements Watchdog.Listener {
    private static final Logger log = LoggerFactory.getLogger(ServingState.class);
    private static final String FLAG = "ExitOnOutOfMemoryError";

    private final HealthStatusManager health;
    private final Alarms alarms;
    private volatile boolean hasBegun;
    private volatile boolean isEnding;
    private volatile boolean isStuck;

    public ServingState(HealthStatusManager health, Alarms alarms) {
        this.health = health;
        this.alarms = alarms;
    }

    /** Raises an alarm if the JVM would continue without memory: a library may catch the error silently. */
    public void requireExitWithoutMemory() {
        @Nullable HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (jvm == null || !Boolean.parseBoolean(jvm.getVMOption(FLAG).getValue())) {
            alarms.raise(
                    Subject.of(Matter.JVM_OPTIONS),
                    "the JVM was started without -XX:+" + FLAG,
                    "when memory runs out the gateway may end late",
                    "start it by scripts/run, or with this option");
        }
    }

    /** False until the gateway has started, and once it is shutting down. */
    public boolean isServing() {
        return hasBegun && !isEnding;
    }

    /** Reports SERVING from now on. */
    public void begin() {
        hasBegun = true;
    }

    /** False once the watchdog has found a stuck shared thread; true during a requested shutdown. */
    public boolean isLive() {
        return !isStuck;
    }

    /** Reports NOT_SERVING from now on. */
    public void end() {
        isEnding = true;
        health.enterTerminalState();
    }

    @Override
    public void willEnd(CheckIn culprit, String how) {
        isStuck = true;
        end();
        alarms.raise(
                Subject.of(Matter.SHARED_THREAD),
                "its thread " + culprit.name() + " " + how,
                "it takes no more calls, and the process ends in a few seconds with exit code 1",
                "start it again, and report what the log says of this thread");
        Thread thread = culprit.thread();
        if (thread != null) {
            Throwable where = new Throwable("where it stands");
            where.setStackTrace(thread.getStackTrace());
            log.error("thread {} {}", culprit.name(), how, where);
        }
    }
}
