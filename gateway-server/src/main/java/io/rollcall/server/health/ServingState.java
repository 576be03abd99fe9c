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
 * Whether the gateway serves, as the standard health service tells it: from the end of its start until it ends, by itself
 * or by somebody's wish.
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

    /** Raises an alarm where the JVM would go on without memory: a library may catch the error and say nothing. */
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

    /** False until the gateway has started, and once it is on its way to the end. */
    public boolean isServing() {
        return hasBegun && !isEnding;
    }

    /** It has started. */
    public void begin() {
        hasBegun = true;
    }

    /** False once the watchdog has found a shared thread that stands still; true while it ends by somebody's wish. */
    public boolean isLive() {
        return !isStuck;
    }

    /** NOT_SERVING from now on. */
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
