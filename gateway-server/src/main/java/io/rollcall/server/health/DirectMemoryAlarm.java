package io.rollcall.server.health;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusalListener;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.watchdog.OutOfMemory;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Raises an alarm while calls fail because memory outside the heap is exhausted. Is notified of calls that were refused
 * for it, and, as a tracer, of those that failed inside netty. Thread-safe.
 */
public final class DirectMemoryAlarm extends ServerStreamTracer.Factory implements RefusalListener {
    private static final Subject SUBJECT = Subject.of(Matter.DIRECT_MEMORY);
    private static final long QUIET_NANOS = Duration.ofMinutes(1).toNanos();

    private final Alarms alarms;
    private final LongSupplier nanos;
    private final ServerStreamTracer ofAllCalls = new ServerStreamTracer() {
        @Override
        public void streamClosed(Status status) {
            Throwable cause = status.getCause();
            if (cause != null && OutOfMemory.endProcessOrRefuse(cause)) {
                raise();
            }
        }
    };
    private volatile long last;
    private volatile boolean isRaised;

    /** @param nanos the monotonic clock */
    public DirectMemoryAlarm(Alarms alarms, LongSupplier nanos) {
        this.alarms = alarms;
        this.nanos = nanos;
    }

    @Override
    public void refused(Attributes connection, String method, RefusedException refusal) {
        if (refusal.refusal() == Refusal.OUT_OF_MEMORY) {
            raise();
        }
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return ofAllCalls;
    }

    private void raise() {
        last = nanos.getAsLong();
        if (!isRaised) {
            isRaised = true;
            alarms.raise(
                    SUBJECT,
                    "the memory outside the heap is exhausted by what calls send and receive",
                    "calls that need more are refused (OUT_OF_MEMORY) or broken off, the others go on",
                    "give the JVM more (-XX:MaxDirectMemorySize, as much as -Xmx by default), or lower quota-unread");
        }
    }

    /** Clears the alarm once no call has failed for a minute. Call it every few seconds. */
    public void look() {
        if (isRaised && nanos.getAsLong() - last > QUIET_NANOS) {
            isRaised = false;
            alarms.clear(SUBJECT);
        }
    }
}
