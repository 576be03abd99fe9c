package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rollcall.client.testing.FakeGateway;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.HealthCheckRequest;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client goes back to its first address. */
class ChannelPoolTest {
    private static final Duration LONGEST = Duration.ofMinutes(6);

    private final FakeGateway home = FakeGateway.start();
    private final FakeGateway other = FakeGateway.start();
    private final AtomicLong nanos = new AtomicLong();
    private final Dialer dialer = new PlaintextDialer(Limits.DEFAULT);
    private final ChannelPool pool = new ChannelPool(
            List.of(Target.parse(home.target()), Target.parse(other.target())),
            () -> dialer,
            List::of,
            new Random(1),
            nanos::get);
    private final RetryingCalls calls = new RetryingCalls(pool, Limits.DEFAULT);

    @AfterEach
    void close() {
        pool.close();
        home.close();
        other.close();
    }

    private void call() {
        calls.call(GatewayServiceGrpc.getHealthCheckMethod(), HealthCheckRequest.getDefaultInstance());
    }

    @Test
    void afterFiveMinutes_itTriesItsFirstAddress_andGoesBackIfThatServes() {
        ServerChannel first = pool.preferred();
        home.fail();
        call();
        ServerChannel second = pool.preferred();
        assertThat(second).isNotSameAs(first);

        home.recover();
        nanos.addAndGet(Duration.ofMinutes(3).toNanos());
        call();
        assertThat(pool.preferred()).as("before five minutes are over").isSameAs(second);

        nanos.addAndGet(LONGEST.toNanos());
        call();
        await().until(() -> pool.preferred() == first);
        assertThat(second.isRetired())
                .as("so that its streams go on at the first")
                .isTrue();
    }

    @Test
    void aFirstAddressThatIsStillAway_isTriedAgainAfterAnotherFiveMinutes() {
        pool.preferred();
        home.fail();
        call();
        ServerChannel second = pool.preferred();
        nanos.addAndGet(LONGEST.toNanos());
        int refused = home.refusals();
        call();
        await().until(() -> home.refusals() > refused);
        call();
        assertThat(pool.preferred()).isSameAs(second);

        home.recover();
        await().until(() -> {
            nanos.addAndGet(LONGEST.toNanos());
            call();
            return pool.preferred() != second;
        });
    }
}
