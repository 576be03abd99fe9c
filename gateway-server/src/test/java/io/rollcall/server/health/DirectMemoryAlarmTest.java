package io.rollcall.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.Status;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarm.Matter;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.testing.TestTicker;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the first call that finds no memory until a minute after the last. */
class DirectMemoryAlarmTest {
    private final TestTicker ticker = new TestTicker();
    private final Alarms alarms = new Alarms(Clock.systemUTC(), whose -> {});
    private final DirectMemoryAlarm alarm = new DirectMemoryAlarm(alarms, ticker::nanos);

    private void refused(RefusedException refusal) {
        alarm.refused(Attributes.EMPTY, "rollcall.v1.GatewayService/GetNodes", refusal);
    }

    private List<Matter> raised() {
        return alarms.all().stream()
                .map(Alarm::subject)
                .map(Alarm.Subject::matter)
                .toList();
    }

    @Test
    void aCallRefusedForWantOfMemory_raisesTheAlarm_untilNoneWasForAMinute() {
        refused(Refusal.RATE_EXCEEDED.because("too fast"));
        assertThat(raised()).isEmpty();
        refused(RefusedException.noMemory());
        assertThat(raised()).containsExactly(Matter.DIRECT_MEMORY);
        ticker.advance(Duration.ofSeconds(50));
        refused(RefusedException.noMemory());
        ticker.advance(Duration.ofSeconds(50));
        alarm.look();
        assertThat(raised()).as("50 s after the last").containsExactly(Matter.DIRECT_MEMORY);
        ticker.advance(Duration.ofSeconds(11));
        alarm.look();
        assertThat(raised()).isEmpty();
        refused(RefusedException.noMemory());
        assertThat(raised()).containsExactly(Matter.DIRECT_MEMORY);
    }

    @Test
    void aCallThatBrokeOffInNettysHands_raisesItToo() {
        var tracer = alarm.newServerStreamTracer("any", new Metadata());
        tracer.streamClosed(Status.OK);
        tracer.streamClosed(Status.UNAVAILABLE.withCause(new IllegalStateException("reset")));
        assertThat(raised()).isEmpty();
        tracer.streamClosed(
                Status.UNKNOWN.withCause(new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory")));
        assertThat(raised()).containsExactly(Matter.DIRECT_MEMORY);
    }
}
