package io.rollcall.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.github.bucket4j.TimeMeter;
import io.grpc.protobuf.StatusProto;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusalStatus;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.testing.TestTicker;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Token buckets on a clock that the test moves. Planted bug: changes admitted at the rate of reads. */
class RatesTest {
    private static final int CHANGES = 10;
    private static final int READS = 100;

    private final TestTicker ticker = new TestTicker();
    private final Rates rates = new Rates(
            TestSettings.INITIAL.with(Setting.QUOTA_CHANGES, CHANGES).with(Setting.QUOTA_READS, READS),
            new TimeMeter() {
                @Override
                public long currentTimeNanos() {
                    return ticker.nanos();
                }

                @Override
                public boolean isWallClockBased() {
                    return false;
                }
            },
            new Random(1));

    private int admittedOf(int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            try {
                rates.admitChange();
                admitted++;
            } catch (RefusedException e) {
                assertThat(e.refusal()).isEqualTo(Refusal.RATE_EXCEEDED);
            }
        }
        return admitted;
    }

    @Test
    void aBurst_isAdmitted_andThenTheRate() {
        assertThat(admittedOf(1_000)).isEqualTo(CHANGES * Rates.BURST_SECONDS);
        ticker.advance(Duration.ofSeconds(1));
        assertThat(admittedOf(1_000)).isEqualTo(CHANGES);
        ticker.advance(Duration.ofHours(1));
        assertThat(admittedOf(1_000)).as("what was not used is not kept").isEqualTo(CHANGES * Rates.BURST_SECONDS);
    }

    @Test
    void changesAndReads_haveEachTheirOwn() {
        admittedOf(1_000);
        assertThatCode(rates::admitRead).doesNotThrowAnyException();
    }

    @Test
    void aRefusal_saysWhatIsAllowed_andWhenToComeBack() throws InvalidProtocolBufferException {
        admittedOf(CHANGES * Rates.BURST_SECONDS);
        RefusedException refused = catchThrowableOfType(RefusedException.class, rates::admitChange);
        assertThat(refused).hasMessageContaining("changes: more than 10 a second");
        RetryInfo retry = null;
        for (Any detail : StatusProto.fromThrowable(RefusalStatus.of(refused)).getDetailsList()) {
            retry = detail.is(RetryInfo.class) ? detail.unpack(RetryInfo.class) : retry;
        }
        assertThat(retry).isNotNull();
        com.google.protobuf.Duration delay = retry.getRetryDelay();
        assertThat(Duration.ofSeconds(delay.getSeconds(), delay.getNanos()))
                .isBetween(Duration.ofMillis(90), Duration.ofMillis(1_200));
    }
}
