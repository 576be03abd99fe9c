package io.rollcall.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Where each quota of open calls ends. Planted bug: a quota that ends one before. */
class OpenCallsTest {
    private static final int MOST_CALLS = 2;
    private static final int MOST_CALL_BYTES = 10 * OpenCalls.CALL_BYTES;
    private static final int MOST_UNREAD = 1_000;
    private static final Settings QUOTAS = TestSettings.INITIAL
            .with(Setting.QUOTA_CALLS, MOST_CALLS)
            .with(Setting.QUOTA_CALL_MEMORY, (long) MOST_CALL_BYTES)
            .with(Setting.QUOTA_UNREAD, (long) MOST_UNREAD);

    private final OpenCalls calls = new OpenCalls();

    private static void assertRefused(Refusal reason, ThrowingCallable request) {
        assertThatThrownBy(request)
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(reason));
    }

    @Test
    void calls_mayBeAsManyAsTheirQuota() {
        calls.begin(0, QUOTAS);
        assertThatCode(() -> calls.begin(0, QUOTAS)).doesNotThrowAnyException();
        assertRefused(Refusal.TOO_MANY_CALLS, () -> calls.begin(0, QUOTAS));
    }

    @Test
    void calls_mayHoldTheWholeOfTheirMemory_andWhoIsRefusedHoldsNothing() {
        int most = MOST_CALL_BYTES - OpenCalls.CALL_BYTES;
        assertRefused(Refusal.TOO_MUCH_CALL_MEMORY, () -> calls.begin(most + 1, QUOTAS));
        assertThatCode(() -> calls.begin(most, QUOTAS)).doesNotThrowAnyException();
    }

    @Test
    void whatIsUnread_mayBeTheWholeOfItsQuota_andWhoIsRefusedHoldsNothing() {
        calls.reply(1, QUOTAS);
        assertRefused(Refusal.TOO_MUCH_UNREAD, () -> calls.reply(MOST_UNREAD, QUOTAS));
        assertRefused(Refusal.REQUEST_BUFFER_FULL, () -> calls.buffer(MOST_UNREAD, QUOTAS));
        assertThatCode(() -> calls.buffer(MOST_UNREAD - 1, QUOTAS)).doesNotThrowAnyException();
    }
}
