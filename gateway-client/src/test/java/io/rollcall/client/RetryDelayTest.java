package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.rollcall.client.testing.FakeGateway;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Where the gateway says how long to wait, whatever the client repeats by itself waits that long. Planted bugs: a
 * heartbeat refused on its stream repeated as a call, a broken stream opened anew after the interval at most, a higher
 * epoch looked into at once, the last address asked deciding for all.
 */
class RetryDelayTest {

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /** More than any pause of the client's own. */
    private static final Duration TOLD = Duration.ofSeconds(60);

    private static final NodeDescription NODE = NodeDescription.of("10.0.0.7", 5000);

    private final FakeGateway gateway = FakeGateway.start();
    private final FakeGateway second = FakeGateway.start();
    private final GatewayClient client = gateway.client(7);
    private final HandTime time = new HandTime();
    private final HeardEvents heard = new HeardEvents();

    RetryDelayTest() {
        gateway.heartbeatInterval(INTERVAL);
    }

    @AfterEach
    void close() {
        gateway.recover();
        client.close();
        gateway.close();
        second.close();
    }

    private NodeSession register() {
        return client.register(NODE, heard, Duration.ofSeconds(30), time, new Random(1));
    }

    private void refuse() {
        gateway.refuse(Status.Code.RESOURCE_EXHAUSTED, "RATE_EXCEEDED", TOLD);
    }

    @Test
    void heartbeat_refusedOnItsStream_isRepeatedAfterTheDelay_andNotAsACallBefore() {
        register();
        time.pass();
        refuse();

        time.pass();

        assertThat(gateway.refusals()).isEqualTo(1);
        assertThat(time.delay()).isEqualTo(TOLD);
        gateway.recover();
        time.pass();
        assertThat(gateway.beats(7)).isEqualTo(2);
        assertThat(heard.words).containsExactly("registered", "outage RESOURCE_EXHAUSTED", "recovered");
        assertThat(time.delay()).isLessThanOrEqualTo(INTERVAL.multipliedBy(2));
    }

    @Test
    void heartbeat_refusedAsACall_isRepeatedAfterTheDelay() {
        gateway.serveStreams(false);
        register();
        time.pass();
        refuse();

        time.pass();

        assertThat(gateway.refusals()).isEqualTo(1);
        assertThat(time.delay()).isEqualTo(TOLD);
    }

    /** Who told so knows the lease, too; a lease that is over by then is no reason to come sooner. */
    @Test
    void heartbeat_refusedForLongerThanItsLeaseLasts_waitsAllTheSame_andRegistersAnew() {
        NodeSession session = register();
        Duration beyond = session.registration().nodeTimeout().multipliedBy(3);
        gateway.refuse(Status.Code.RESOURCE_EXHAUSTED, "RATE_EXCEEDED", beyond);

        time.pass();

        assertThat(time.delay()).isEqualTo(beyond);
        gateway.recover();
        gateway.expire(7);
        time.pass();
        assertThat(session.state()).isEqualTo(SessionState.REGISTERED);
        assertThat(gateway.incarnations(7)).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void stream_thatBreaksBetweenHeartbeats_isOpenedAnewAfterTheDelay_thoughTheIntervalIsShorter() {
        register();
        time.pass();

        gateway.breakStreams(TOLD);

        await().until(() -> time.delay().equals(TOLD));
        assertThat(gateway.streamsAskedFor()).isEqualTo(1);
        time.pass();
        assertThat(gateway.streamsAskedFor()).isEqualTo(2);
        assertThat(gateway.beats(7)).isEqualTo(2);
    }

    /** B5 says at once; but a gateway that asked to be left alone is overloaded, and says so to all its nodes. */
    @Test
    void higherEpoch_seenWhileTheSessionWaits_doesNotCutTheWaitShort() {
        NodeSession session = register();
        refuse();
        time.pass();
        gateway.recover();
        gateway.raiseEpoch();

        client.nodes();

        assertThat(time.delay()).isEqualTo(TOLD);
        time.pass();
        assertThat(session.epoch()).isEqualTo(2);
    }

    @Test
    void registration_isRepeatedAfterTheDelay_asLongAsThereIsPatience() {
        Duration told = Duration.ofSeconds(7);
        gateway.refuse(Status.Code.RESOURCE_EXHAUSTED, "RATE_EXCEEDED", told);

        GatewayException gaveUp = catchThrowableOfType(GatewayException.class, this::register);

        assertThat(gaveUp.retryAfter()).hasValue(told);
        assertThat(time.sleeps()).containsExactly(told, told, told, told);
        assertThat(gateway.refusals()).isEqualTo(5);
    }

    @Test
    void registrationAnew_isRepeatedAfterTheDelay() {
        NodeSession session = register();
        gateway.expire(7);
        gateway.loseRegistrationReplies(1);
        time.pass();
        assertThat(session.state()).isEqualTo(SessionState.REJOINING);
        refuse();

        time.pass();

        assertThat(gateway.refusals()).isEqualTo(1);
        assertThat(time.delay()).isEqualTo(TOLD);
    }

    @Test
    void watch_isRepeatedAfterTheDelay() {
        HurriedTime hurried = new HurriedTime();
        gateway.refuse(Status.Code.RESOURCE_EXHAUSTED, "TOO_MANY_WATCHERS", TOLD);

        ClusterWatch watch = client.watch(new HeardChanges(), hurried, new Random(1));

        await().until(() -> hurried.delays.size() > 3);
        assertThat(List.copyOf(hurried.delays).subList(1, 4)).containsOnly(TOLD);
        watch.close();
    }

    /** When it comes again is its owner's business, who is told. */
    @Test
    void leaderReport_thatIsRefused_isNotRepeated_andTellsTheDelay() {
        NodeSession session = register();
        refuse();

        GatewayException refusal =
                catchThrowableOfType(GatewayException.class, () -> session.reportLeader(7, OptionalLong.of(1)));

        assertThat(refusal.retryAfter()).hasValue(TOLD);
        assertThat(gateway.refusals()).isEqualTo(1);
    }

    /** The other address is tried meanwhile, as ever; but then nobody is asked again before all may be. */
    @Test
    void addresses_thatAreAllUnavailable_areAskedAgainAfterTheLongestDelay() {
        gateway.refuse(Status.Code.UNAVAILABLE, "STORE_UNAVAILABLE", TOLD);
        second.fail();
        try (GatewayClient both = GatewayClient.builder()
                .targets(List.of(gateway.target(), second.target()))
                .plaintextForTests(7)
                .build()) {
            GatewayException refusal = catchThrowableOfType(GatewayException.class, both::stats);

            assertThat(refusal.retryAfter()).hasValue(TOLD);
            assertThat(gateway.refusals()).isEqualTo(1);
            assertThat(second.refusals()).isEqualTo(1);
        }
    }

    /** The heart of a node must not stand still over a number. */
    @Test
    void delay_beyondAllReason_isADay() {
        register();
        gateway.refuse(Status.Code.RESOURCE_EXHAUSTED, "RATE_EXCEEDED", Duration.ofSeconds(Long.MAX_VALUE / 2));

        time.pass();

        assertThat(time.delay()).isEqualTo(Duration.ofDays(1));
        gateway.recover();
        time.pass();
        assertThat(gateway.beats(7)).isEqualTo(1);
    }
}
