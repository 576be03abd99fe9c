package io.rollcall.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Planted bugs: no pushback at all; one rounded down; one that outgrows an int32. */
class RefusalStatusTest {
    private static final RefusedException REFUSED = Refusal.RATE_EXCEEDED.because("changes: too many");

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0",
        "PT0.000000001S, 1",
        "PT0.25S, 250",
        "PT1.000000001S, 1001",
        "PT10S, 10000",
        "PT-1S, 0",
        "PT2147483.646000001S, 2147483647",
        "PT2147483.648S, 2147483647",
        "PT2562047788015215H, 2147483647"
    })
    void aDelay_isToldInWholeMilliseconds_roundedUp_andFitsAnInt32(Duration delay, String millis) {
        assertThat(RefusalStatus.trailers(REFUSED.retryAfter(delay)).get(RefusalStatus.PUSHBACK))
                .isEqualTo(millis);
    }

    @Test
    void bothForms_areSaid() throws Exception {
        RefusedException refused = REFUSED.retryAfter(Duration.ofMillis(1500));
        var details = StatusProto.fromStatusAndTrailers(RefusalStatus.status(refused), RefusalStatus.trailers(refused));
        assertThat(details.getDetails(1).unpack(RetryInfo.class).getRetryDelay().getSeconds())
                .isEqualTo(1);
        assertThat(RefusalStatus.trailers(refused).getAll(RefusalStatus.PUSHBACK))
                .containsExactly("1500");
    }

    /** gRPC's codes have the names of the canonical ones, and a refusal needs no table of them. */
    @ParameterizedTest
    @EnumSource(Refusal.class)
    void eachRefusal_hasItsCodeInGrpc(Refusal refusal) {
        var status = RefusalStatus.of(refusal.because("why")).getStatus();
        assertThat(status.getCode().name()).isEqualTo(refusal.code().name());
        assertThat(status.getDescription()).isEqualTo("why");
    }

    /** Nor "never" (a negative one): the status says whether it may be tried again. */
    @Test
    void withoutADelay_nothingIsSaid() {
        assertThat(RefusalStatus.trailers(REFUSED).containsKey(RefusalStatus.PUSHBACK))
                .isFalse();
    }
}
