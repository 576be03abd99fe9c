package io.rollcall.server.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.v1.GatewayServiceGrpc;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a stream's messages hold until they have left.
 *
 * <p>Planted bugs: messages of streams not counted; counted for ever though they left; forgotten though one waits;
 * counted after the stream's end; gRPC's own threshold of 32 KiB; small messages counted, or large ones not.
 */
class CountedStreamTest {
    private static final int MOST_UNREAD = 10_000;
    private static final Settings QUOTAS = TestSettings.INITIAL
            .with(Setting.QUOTA_CALLS, 10)
            .with(Setting.QUOTA_CALL_MEMORY, 1L << 20)
            .with(Setting.QUOTA_UNREAD, (long) MOST_UNREAD);

    private final OpenCalls calls = new OpenCalls();

    /** A stream's transport: what waits there until the client reads. */
    private static final class Transport extends ServerCall<Object, Object> {
        private final List<Status> closes = new ArrayList<>();
        private int sent;
        private boolean isStalled = true;
        private int threshold;

        @Override
        public boolean isReady() {
            return !isStalled || sent == 0;
        }

        @Override
        public void setOnReadyThreshold(int bytes) {
            threshold = bytes;
        }

        @Override
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(Object message) {
            sent++;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            closes.add(status);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public MethodDescriptor<Object, Object> getMethodDescriptor() {
            return (MethodDescriptor) GatewayServiceGrpc.getWatchNodesMethod();
        }

        boolean isRefused() {
            return closes.stream()
                    .anyMatch(status -> status.getCause() instanceof RefusedException refused
                            && refused.refusal() == Refusal.TOO_MUCH_UNREAD);
        }
    }

    private static final class Bytes extends ByteArrayInputStream implements KnownLength {
        Bytes(int count) {
            super(new byte[count]);
        }
    }

    private CountedStream<Object, Object> over(Transport transport) {
        return new CountedStream<>(transport, 0, calls, QUOTAS);
    }

    /** The whole of the quota is free. */
    private void assertNothingHeld() {
        Transport probe = new Transport();
        CountedStream<Object, Object> stream = over(probe);
        stream.sendMessage(new Bytes(CountedStream.SMALL_BYTES));
        stream.sendMessage(new Bytes(MOST_UNREAD - CountedStream.SMALL_BYTES - 10));
        assertThat(probe.isRefused()).isFalse();
        stream.ended();
    }

    @Test
    void aStream_isReadyOnlyWhileNothingWaits() {
        Transport transport = new Transport();
        over(transport);
        assertThat(transport.threshold).isEqualTo(1);
    }

    @Test
    void whatWaits_counts_andWhoComesThen_isRefused() {
        Transport first = new Transport();
        over(first).sendMessage(new Bytes(6_000));
        Transport second = new Transport();
        over(second).sendMessage(new Bytes(6_000));
        assertThat(first.closes).isEmpty();
        assertThat(second.sent).isZero();
        assertThat(second.isRefused()).isTrue();
    }

    @Test
    void whatHasLeft_countsNoMore_whetherToldOrAsked() {
        Transport told = new Transport();
        CountedStream<Object, Object> stream = over(told);
        stream.sendMessage(new Bytes(6_000));
        told.isStalled = false;
        stream.ready();
        Transport asked = new Transport();
        asked.isStalled = false;
        CountedStream<Object, Object> another = over(asked);
        for (int i = 0; i < 5; i++) {
            another.sendMessage(new Bytes(6_000));
        }
        assertThat(asked.sent).isEqualTo(5);
        another.ready();
        assertNothingHeld();
    }

    /** A call back that was under way while the next message was sent. */
    @Test
    void aStaleCallBack_forgetsNothingThatWaits() {
        Transport stalled = new Transport();
        CountedStream<Object, Object> stream = over(stalled);
        stream.sendMessage(new Bytes(6_000));
        stream.ready();
        Transport second = new Transport();
        over(second).sendMessage(new Bytes(6_000));
        assertThat(second.isRefused()).isTrue();
    }

    @Test
    void smallMessages_areWithinTheCostOfTheirCall_untilTheyAreMany() {
        over(new Transport()).sendMessage(new Bytes(MOST_UNREAD - 100));
        Transport beats = new Transport();
        CountedStream<Object, Object> stream = over(beats);
        for (int i = 0; i < 5; i++) {
            stream.sendMessage(new Bytes(60));
        }
        assertThat(beats.closes).isEmpty();
        for (int i = 0; i < 5; i++) {
            stream.sendMessage(new Bytes(60));
        }
        assertThat(beats.isRefused()).isTrue();
    }

    /** With the five bytes that gRPC puts before a message. */
    @Test
    void aMessage_isSmall_upToTheLastByte() {
        over(new Transport()).sendMessage(new Bytes(MOST_UNREAD - 100));
        Transport small = new Transport();
        over(small).sendMessage(new Bytes(CountedStream.SMALL_BYTES - 5));
        assertThat(small.closes).isEmpty();
        Transport large = new Transport();
        over(large).sendMessage(new Bytes(CountedStream.SMALL_BYTES - 4));
        assertThat(large.isRefused()).isTrue();
    }

    @Test
    void whatWaits_isForgotten_withTheStream_andWhatComesAfterIt_too() {
        CountedStream<Object, Object> stream = over(new Transport());
        stream.sendMessage(new Bytes(6_000));
        stream.ended();
        stream.sendMessage(new Bytes(9_000));
        assertNothingHeld();
    }
}
