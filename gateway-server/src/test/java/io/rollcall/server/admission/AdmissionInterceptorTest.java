package io.rollcall.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.CallIdentity;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.grpc.CurrentCall;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.quota.NamespaceQuotas;
import io.rollcall.server.testing.TestTicker;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.NodeInfo;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * What one namespace's open calls may hold.
 *
 * <p>Planted bugs: calls that count for ever when they complete, are cancelled or refused; replies that count for ever
 * when they are read, or have nobody to read them; bytes not counted; the only reply refused for its size; large lists
 * counted once, or for each part again; changes counted as reads; heartbeats' answers counted, or their streams not;
 * quotas that stay when they are replaced; services that hear no end of their calls.
 */
class AdmissionInterceptorTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final int MOST_CALLS = 3;
    private static final int MOST_CALL_BYTES = 5 * OpenCalls.CALL_BYTES;
    private static final int MOST_UNREAD = 1_000;
    private static final int READS = 10;

    private static final int CHANGES = 1;
    private static final int MOST_HEADER_BYTES = 1_024;
    private static final Settings QUOTAS = TestSettings.INITIAL
            .with(Setting.QUOTA_CALLS, MOST_CALLS)
            .with(Setting.QUOTA_CALL_MEMORY, (long) MOST_CALL_BYTES)
            .with(Setting.QUOTA_UNREAD, (long) MOST_UNREAD)
            .with(Setting.QUOTA_CHANGES, CHANGES)
            .with(Setting.QUOTA_READS, READS);

    private final TestTicker ticker = new TestTicker();
    private final NamespaceQuotas quotas = new NamespaceQuotas(Map.of(ALPHA, QUOTAS));
    private final AdmissionInterceptor admission =
            new AdmissionInterceptor(new MethodTraffic(), quotas, ticker::nanos, new Random(1), MOST_HEADER_BYTES);
    private final Context alpha = Context.ROOT.withValue(
            CurrentCall.KEY,
            new CallIdentity(new Caller.OperatorCaller(ALPHA, "admin"), "id", "address", "serial", "token"));

    /** A call on its way, a list unless said otherwise: what the service says and hears, and what comes of it. */
    private final class TestCall extends ServerCall<Object, Object> {
        private final MethodDescriptor<?, ?> method;
        private ReadCost cost;
        private boolean isStalled;
        private int asked;
        private Metadata answered;
        private final List<Object> sent = new ArrayList<>();
        private final List<String> heard = new ArrayList<>();
        private final List<Status> closes = new ArrayList<>();
        private final ServerStreamTracer request = new InboundBuffering().newServerStreamTracer("list", new Metadata());
        private ServerCall<Object, Object> admitted;
        private ServerCall.Listener<Object> listener;

        TestCall() {
            this(GatewayServiceGrpc.getGetNodesMethod());
        }

        TestCall(MethodDescriptor<?, ?> method) {
            this.method = method;
        }

        TestCall begin() {
            return begin(new Metadata());
        }

        TestCall begin(Metadata sent) {
            request.filterContext(alpha)
                    .run(() -> listener = admission.interceptCall(this, sent, (call, headers) -> {
                        admitted = call;
                        cost = ReadCost.current();
                        return new Service(heard);
                    }));
            return this;
        }

        TestCall answer(int bytes) {
            admitted.sendMessage(GetNodesResponse.newBuilder()
                    .addNodes(NodeInfo.newBuilder().setIpAddress("x".repeat(bytes)))
                    .build());
            return this;
        }

        /** As the endpoint has it, where messages are made behind the interceptors. */
        TestCall answerAsBytes(int count) {
            admitted.sendMessage(new Bytes(count));
            return this;
        }

        void clientHasIt() {
            listener.onComplete();
        }

        void clientGoes() {
            listener.onCancel();
        }

        boolean isRefused() {
            return isRefused(Refusal.TOO_MUCH_UNREAD);
        }

        boolean isRefused(Refusal reason) {
            return closes.stream()
                    .anyMatch(status ->
                            status.getCause() instanceof RefusedException refused && refused.refusal() == reason);
        }

        @Override
        public boolean isReady() {
            return !isStalled;
        }

        @Override
        public void request(int count) {
            asked += count;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            answered = headers;
        }

        @Override
        public void sendMessage(Object message) {
            sent.add(message);
        }

        @Override
        public void close(Status status, Metadata metadata) {
            closes.add(status);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public MethodDescriptor<Object, Object> getMethodDescriptor() {
            return (MethodDescriptor) method;
        }
    }

    private static final class Service extends ServerCall.Listener<Object> {
        private final List<String> heard;

        Service(List<String> heard) {
            this.heard = heard;
        }

        @Override
        public void onMessage(Object message) {
            heard.add(message.toString());
        }

        @Override
        public void onReady() {
            heard.add("ready");
        }

        @Override
        public void onHalfClose() {
            heard.add("half close");
        }

        @Override
        public void onCancel() {
            heard.add("cancel");
        }

        @Override
        public void onComplete() {
            heard.add("complete");
        }
    }

    private static final class Bytes extends ByteArrayInputStream implements KnownLength {
        Bytes(int count) {
            super(new byte[count]);
        }
    }

    private void assertTooManyCalls() {
        assertThatThrownBy(() -> new TestCall().begin()).isInstanceOfSatisfying(RefusedException.class, refused -> {
            assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MANY_CALLS);
            assertThat(refused.retryAfter()).isPositive();
        });
    }

    @Test
    void callsTooMany_areRefused_untilOneEnds_howeverItEnds() {
        TestCall first = new TestCall().begin();
        TestCall second = new TestCall().begin();
        new TestCall().begin();
        assertTooManyCalls();
        first.clientGoes();
        new TestCall().begin();
        second.answer(1).clientHasIt();
        new TestCall().begin();
        assertTooManyCalls();
    }

    @Test
    void aCallThatTheServiceRefuses_countsNoMore() {
        for (int i = 0; i < 2 * MOST_CALLS; i++) {
            assertThatThrownBy(() ->
                            alpha.run(() -> admission.interceptCall(new TestCall(), new Metadata(), (call, headers) -> {
                                throw Refusal.BAD_FIELD.because("no");
                            })))
                    .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                            .isEqualTo(Refusal.BAD_FIELD));
        }
    }

    @Test
    void repliesThatNobodyReads_areBounded() {
        TestCall first = new TestCall().begin().answer(600);
        TestCall second = new TestCall().begin().answer(600);
        assertThat(first.sent).hasSize(1);
        assertThat(second.sent).isEmpty();
        assertThat(second.isRefused()).isTrue();
        first.clientHasIt();
        assertThat(new TestCall().begin().answer(600).sent).hasSize(1);
    }

    @Test
    void repliesThatComeAsBytes_countAsWell() {
        new TestCall().begin().answerAsBytes(600);
        assertThat(new TestCall().begin().answerAsBytes(600).isRefused()).isTrue();
    }

    @Test
    void aReplyLargerThanAll_isSent_whileItIsTheOnlyOne() {
        TestCall large = new TestCall().begin().answer(5_000);
        assertThat(large.sent).hasSize(1);
        assertThat(new TestCall().begin().answer(1).isRefused()).isTrue();
    }

    @Test
    void aReplyWhoseClientHasGone_holdsNothing() {
        TestCall gone = new TestCall().begin();
        gone.clientGoes();
        gone.answer(900);
        assertThat(new TestCall().begin().answer(900).sent).hasSize(1);
    }

    @Test
    void requestsWithoutAnEnd_areBounded_untilTheyAreWhole() {
        TestCall first = new TestCall().begin();
        first.request.inboundWireSize(MOST_UNREAD);
        first.request.inboundWireSize(200);
        TestCall second = new TestCall().begin();
        second.request.inboundWireSize(1_100);
        assertThat(second.isRefused(Refusal.REQUEST_BUFFER_FULL)).isTrue();
        first.request.inboundMessageRead(0, 1_200, 1_200);
        first.listener.onHalfClose();
        TestCall third = new TestCall().begin();
        third.request.inboundWireSize(1_100);
        assertThat(third.closes).isEmpty();
    }

    @Test
    void whatBecomesOfACall_itsServiceHears() {
        TestCall completed = new TestCall().begin();
        completed.listener.onReady();
        completed.listener.onMessage("request");
        completed.listener.onHalfClose();
        completed.clientHasIt();
        assertThat(completed.heard).containsExactly("ready", "request", "half close", "complete");
        TestCall cancelled = new TestCall().begin();
        cancelled.clientGoes();
        assertThat(cancelled.heard).containsExactly("cancel");
    }

    @Test
    void whatAServiceAsksOfItsCall_itsTransportHears() {
        Metadata headers = new Metadata();
        TestCall call = new TestCall().begin();
        call.admitted.request(2);
        call.admitted.sendHeaders(headers);
        call.admitted.close(Status.CANCELLED, new Metadata());
        assertThat(call.asked).isEqualTo(2);
        assertThat(call.answered).isSameAs(headers);
        assertThat(call.closes).containsExactly(Status.CANCELLED);
    }

    @Test
    void aStreamsRequests_countNoMore_whenEachIsWhole() {
        TestCall stream = new TestCall(GatewayServiceGrpc.getKeepAliveMethod()).begin();
        stream.request.inboundWireSize(1_100);
        assertThat(new TestCall().begin().answer(1).isRefused()).isTrue();
        stream.request.inboundMessageRead(0, 1_100, 1_100);
        assertThat(new TestCall().begin().answer(900).sent).hasSize(1);
    }

    /** gRPC keeps the one request of a call until the caller has said that no other comes. */
    @Test
    void aRequestThatIsWhole_butNotSaidToBeTheLast_countsAsWhatItIsInMemory() {
        int large = MOST_UNREAD / InboundBuffering.IN_MEMORY + 10;
        TestCall first = new TestCall().begin();
        first.request.inboundMessageRead(0, large, large);
        TestCall second = new TestCall().begin();
        second.request.inboundMessageRead(0, large, large);
        assertThat(second.isRefused(Refusal.REQUEST_BUFFER_FULL)).isTrue();
        first.clientGoes();
        first.request.streamClosed(Status.CANCELLED);
        TestCall third = new TestCall().begin();
        third.request.inboundMessageRead(0, large, large);
        assertThat(third.closes).isEmpty();
    }

    @Test
    void whatWasBuffered_isForgotten_withItsCall() {
        TestCall first = new TestCall().begin();
        first.request.inboundWireSize(1_200);
        first.request.streamClosed(Status.CANCELLED);
        TestCall second = new TestCall().begin();
        second.request.inboundWireSize(1_200);
        assertThat(second.closes).isEmpty();
    }

    @Test
    void smallRequests_areNotWorthCounting() {
        TestCall reply = new TestCall().begin().answer(MOST_UNREAD - 100);
        TestCall small = new TestCall().begin();
        small.request.inboundWireSize(InboundBuffering.SMALL_BYTES);
        assertThat(small.closes).isEmpty();
        assertThat(reply.sent).hasSize(1);
    }

    @Test
    void aWholeRequest_isSmall_upToTheLastByte() {
        new TestCall().begin().answer(MOST_UNREAD - 100);
        TestCall small = new TestCall().begin();
        small.request.inboundMessageRead(0, InboundBuffering.SMALL_WHOLE_BYTES, InboundBuffering.SMALL_WHOLE_BYTES);
        assertThat(small.closes).isEmpty();
        TestCall large = new TestCall().begin();
        large.request.inboundMessageRead(
                0, InboundBuffering.SMALL_WHOLE_BYTES + 1, InboundBuffering.SMALL_WHOLE_BYTES + 1);
        assertThat(large.isRefused(Refusal.REQUEST_BUFFER_FULL)).isTrue();
    }

    @Test
    void aHeartbeatsAnswer_isWithinTheCostOfItsCall() {
        TestCall beat =
                new TestCall(GatewayServiceGrpc.getHeartbeatMethod()).begin().answerAsBytes(900);
        assertThat(beat.sent).hasSize(1);
        assertThat(new TestCall().begin().answer(900).sent).hasSize(1);
    }

    /** Of heartbeats, which no rate counts, and of another kind. */
    @Test
    void whatWaitsInAStream_counts_untilItsClientIsReady() {
        for (MethodDescriptor<?, ?> method :
                List.of(GatewayServiceGrpc.getKeepAliveMethod(), GatewayServiceGrpc.getWatchNodesMethod())) {
            TestCall stream = new TestCall(method).begin();
            stream.isStalled = true;
            stream.answerAsBytes(900);
            TestCall early = new TestCall().begin().answer(900);
            assertThat(early.isRefused()).as(method.getFullMethodName()).isTrue();
            early.clientGoes();
            stream.isStalled = false;
            stream.listener.onReady();
            TestCall late = new TestCall().begin().answer(900);
            assertThat(late.sent).as(method.getFullMethodName()).hasSize(1);
            late.clientHasIt();
            stream.clientGoes();
        }
    }

    private static Metadata headers(int bytes) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("note", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(bytes));
        return headers;
    }

    @Test
    void headersCount_forAsLongAsTheirCallIsOpen() {
        assertThatThrownBy(() -> new TestCall().begin(headers(MOST_CALL_BYTES)))
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MUCH_CALL_MEMORY);
                    assertThat(refused.retryAfter()).isPositive();
                });
        TestCall large = new TestCall().begin(headers(MOST_CALL_BYTES - 2 * OpenCalls.CALL_BYTES));
        assertThatThrownBy(() -> new TestCall().begin())
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.TOO_MUCH_CALL_MEMORY));
        large.clientGoes();
        new TestCall().begin();
    }

    @Test
    void oneReadIsPaidWhenAdmitted_theOthersAreCharged() {
        TestCall call = new TestCall().begin();
        for (int read = 1; read < Rates.BURST_SECONDS * READS; read++) {
            call.cost.lookedAt(ReadCost.NODES_OF_ONE_READ);
        }
        call.clientHasIt();
        new TestCall().begin().clientHasIt();
        assertRateExceeded();
    }

    private void assertRateExceeded() {
        assertThatThrownBy(() -> new TestCall().begin())
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.RATE_EXCEEDED));
    }

    private void change() {
        new TestCall(GatewayServiceGrpc.getRemoveNodeMethod()).begin().clientHasIt();
    }

    @Test
    void changes_haveARateOfTheirOwn_andComeAgainWithTime() {
        for (int i = 0; i < Rates.BURST_SECONDS * CHANGES; i++) {
            change();
        }
        assertThatThrownBy(this::change).isInstanceOf(RefusedException.class).hasMessageStartingWith("changes:");
        new TestCall().begin().clientHasIt();
        ticker.advance(Duration.ofSeconds(1));
        change();
        assertThatThrownBy(this::change).isInstanceOf(RefusedException.class);
    }

    @Test
    void heartbeats_areCountedByNoRate() {
        for (int i = 0; i < 2 * Rates.BURST_SECONDS * READS; i++) {
            new TestCall(GatewayServiceGrpc.getHeartbeatMethod()).begin().clientHasIt();
        }
        new TestCall().begin();
    }

    @Test
    void quotasThatAreReplaced_holdFromTheNextCallOn() {
        new TestCall().begin().cost.lookedAt(Rates.BURST_SECONDS * READS * ReadCost.NODES_OF_ONE_READ);
        assertRateExceeded();
        quotas.replace(Map.of(ALPHA, QUOTAS.with(Setting.QUOTA_READS, READS + 1)));
        new TestCall().begin();
    }

    /** Ten small lists a second, or one of 640 KiB. */
    @Test
    void aLargeList_countsAsManyReads() {
        new TestCall()
                .begin()
                .answer(Rates.BURST_SECONDS * READS * ReadCost.BYTES_OF_ONE_READ)
                .clientHasIt();
        assertThatThrownBy(() -> new TestCall().begin())
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.RATE_EXCEEDED));
    }
}
