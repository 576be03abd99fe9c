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
import io.rollcall.v1.GetNodesRequest;
import io.rollcall.v1.GetNodesResponse;
import io.rollcall.v1.NodeInfo;
import java.io.ByteArrayInputStream;
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
 * counted once.
 */
class AdmissionInterceptorTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final int MOST_CALLS = 3;
    private static final int MOST_CALL_BYTES = 5 * OpenCalls.CALL_BYTES;
    private static final int MOST_UNREAD = 1_000;
    private static final int READS = 10;

    private final AdmissionInterceptor admission = new AdmissionInterceptor(
            new MethodTraffic(),
            new NamespaceQuotas(Map.of(
                    ALPHA,
                    TestSettings.INITIAL
                            .with(Setting.QUOTA_CALLS, MOST_CALLS)
                            .with(Setting.QUOTA_CALL_MEMORY, (long) MOST_CALL_BYTES)
                            .with(Setting.QUOTA_UNREAD, (long) MOST_UNREAD)
                            .with(Setting.QUOTA_CHANGES, 1)
                            .with(Setting.QUOTA_READS, READS))),
            new TestTicker()::nanos,
            new Random(1),
            1_024);
    private final Context alpha = Context.ROOT.withValue(
            CurrentCall.KEY,
            new CallIdentity(new Caller.OperatorCaller(ALPHA, "admin"), "id", "address", "serial", "token"));

    /** A list on its way: what the service says, and what comes of it. */
    private final class ListCall extends ServerCall<GetNodesRequest, Object> {
        private ReadCost cost;
        private final List<Object> sent = new ArrayList<>();
        private final List<Status> closes = new ArrayList<>();
        private final ServerStreamTracer request = new InboundBuffering().newServerStreamTracer("list", new Metadata());
        private ServerCall<GetNodesRequest, Object> admitted;
        private ServerCall.Listener<GetNodesRequest> listener;

        ListCall begin() {
            return begin(new Metadata());
        }

        ListCall begin(Metadata sent) {
            request.filterContext(alpha)
                    .run(() -> listener = admission.interceptCall(this, sent, (call, headers) -> {
                        admitted = call;
                        cost = ReadCost.current();
                        return new Listener<>() {};
                    }));
            return this;
        }

        ListCall answer(int bytes) {
            admitted.sendMessage(GetNodesResponse.newBuilder()
                    .addNodes(NodeInfo.newBuilder().setIpAddress("x".repeat(bytes)))
                    .build());
            return this;
        }

        /** As the endpoint has it, where messages are made behind the interceptors. */
        ListCall answerAsBytes(int count) {
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
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

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
        public MethodDescriptor<GetNodesRequest, Object> getMethodDescriptor() {
            return (MethodDescriptor) GatewayServiceGrpc.getGetNodesMethod();
        }
    }

    private static final class Bytes extends ByteArrayInputStream implements KnownLength {
        Bytes(int count) {
            super(new byte[count]);
        }
    }

    private void assertTooManyCalls() {
        assertThatThrownBy(() -> new ListCall().begin()).isInstanceOfSatisfying(RefusedException.class, refused -> {
            assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MANY_CALLS);
            assertThat(refused.retryAfter()).isPositive();
        });
    }

    @Test
    void callsTooMany_areRefused_untilOneEnds_howeverItEnds() {
        ListCall first = new ListCall().begin();
        ListCall second = new ListCall().begin();
        new ListCall().begin();
        assertTooManyCalls();
        first.clientGoes();
        new ListCall().begin();
        second.answer(1).clientHasIt();
        new ListCall().begin();
        assertTooManyCalls();
    }

    @Test
    void aCallThatTheServiceRefuses_countsNoMore() {
        for (int i = 0; i < 2 * MOST_CALLS; i++) {
            assertThatThrownBy(() ->
                            alpha.run(() -> admission.interceptCall(new ListCall(), new Metadata(), (call, headers) -> {
                                throw Refusal.BAD_FIELD.because("no");
                            })))
                    .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                            .isEqualTo(Refusal.BAD_FIELD));
        }
    }

    @Test
    void repliesThatNobodyReads_areBounded() {
        ListCall first = new ListCall().begin().answer(600);
        ListCall second = new ListCall().begin().answer(600);
        assertThat(first.sent).hasSize(1);
        assertThat(second.sent).isEmpty();
        assertThat(second.isRefused()).isTrue();
        first.clientHasIt();
        assertThat(new ListCall().begin().answer(600).sent).hasSize(1);
    }

    @Test
    void repliesThatComeAsBytes_countAsWell() {
        new ListCall().begin().answerAsBytes(600);
        assertThat(new ListCall().begin().answerAsBytes(600).isRefused()).isTrue();
    }

    @Test
    void aReplyLargerThanAll_isSent_whileItIsTheOnlyOne() {
        ListCall large = new ListCall().begin().answer(5_000);
        assertThat(large.sent).hasSize(1);
        assertThat(new ListCall().begin().answer(1).isRefused()).isTrue();
    }

    @Test
    void aReplyWhoseClientHasGone_holdsNothing() {
        ListCall gone = new ListCall().begin();
        gone.clientGoes();
        gone.answer(900);
        assertThat(new ListCall().begin().answer(900).sent).hasSize(1);
    }

    @Test
    void requestsWithoutAnEnd_areBounded_untilTheyAreWhole() {
        ListCall first = new ListCall().begin();
        first.request.inboundWireSize(MOST_UNREAD);
        first.request.inboundWireSize(200);
        ListCall second = new ListCall().begin();
        second.request.inboundWireSize(1_100);
        assertThat(second.isRefused(Refusal.REQUEST_BUFFER_FULL)).isTrue();
        first.request.inboundMessageRead(0, 1_200, 1_200);
        first.listener.onHalfClose();
        ListCall third = new ListCall().begin();
        third.request.inboundWireSize(1_100);
        assertThat(third.closes).isEmpty();
    }

    /** gRPC keeps the one request of a call until the caller has said that no other comes. */
    @Test
    void aRequestThatIsWhole_butNotSaidToBeTheLast_countsAsWhatItIsInMemory() {
        int large = MOST_UNREAD / InboundBuffering.IN_MEMORY + 10;
        ListCall first = new ListCall().begin();
        first.request.inboundMessageRead(0, large, large);
        ListCall second = new ListCall().begin();
        second.request.inboundMessageRead(0, large, large);
        assertThat(second.isRefused(Refusal.REQUEST_BUFFER_FULL)).isTrue();
        first.clientGoes();
        first.request.streamClosed(Status.CANCELLED);
        ListCall third = new ListCall().begin();
        third.request.inboundMessageRead(0, large, large);
        assertThat(third.closes).isEmpty();
    }

    @Test
    void whatWasBuffered_isForgotten_withItsCall() {
        ListCall first = new ListCall().begin();
        first.request.inboundWireSize(1_200);
        first.request.streamClosed(Status.CANCELLED);
        ListCall second = new ListCall().begin();
        second.request.inboundWireSize(1_200);
        assertThat(second.closes).isEmpty();
    }

    @Test
    void smallRequests_areNotWorthCounting() {
        ListCall reply = new ListCall().begin().answer(MOST_UNREAD - 100);
        ListCall small = new ListCall().begin();
        small.request.inboundWireSize(InboundBuffering.SMALL_BYTES);
        assertThat(small.closes).isEmpty();
        assertThat(reply.sent).hasSize(1);
    }

    private static Metadata headers(int bytes) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("note", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(bytes));
        return headers;
    }

    @Test
    void headersCount_forAsLongAsTheirCallIsOpen() {
        assertThatThrownBy(() -> new ListCall().begin(headers(MOST_CALL_BYTES)))
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    assertThat(refused.refusal()).isEqualTo(Refusal.TOO_MUCH_CALL_MEMORY);
                    assertThat(refused.retryAfter()).isPositive();
                });
        ListCall large = new ListCall().begin(headers(MOST_CALL_BYTES - 2 * OpenCalls.CALL_BYTES));
        assertThatThrownBy(() -> new ListCall().begin())
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.TOO_MUCH_CALL_MEMORY));
        large.clientGoes();
        new ListCall().begin();
    }

    @Test
    void oneReadIsPaidWhenAdmitted_theOthersAreCharged() {
        ListCall call = new ListCall().begin();
        call.cost.lookedAt(Rates.BURST_SECONDS * READS * ReadCost.NODES_OF_ONE_READ - ReadCost.NODES_OF_ONE_READ);
        call.clientHasIt();
        new ListCall().begin().clientHasIt();
        assertRateExceeded();
    }

    private void assertRateExceeded() {
        assertThatThrownBy(() -> new ListCall().begin())
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.RATE_EXCEEDED));
    }

    /** Ten small lists a second, or one of 640 KiB. */
    @Test
    void aLargeList_countsAsManyReads() {
        new ListCall()
                .begin()
                .answer(Rates.BURST_SECONDS * READS * ReadCost.BYTES_OF_ONE_READ)
                .clientHasIt();
        assertThatThrownBy(() -> new ListCall().begin())
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(Refusal.RATE_EXCEEDED));
    }
}
