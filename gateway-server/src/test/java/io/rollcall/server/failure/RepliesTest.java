package io.rollcall.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A caller is answered, whatever becomes of its answer. */
class RepliesTest {
    private final List<Object> heard = new ArrayList<>();
    private Error onSending = new LinkageError("not set");
    private boolean fails;

    private final StreamObserver<String> caller = new StreamObserver<>() {
        @Override
        public void onNext(String value) {
            if (fails) {
                throw onSending;
            }
            heard.add(value);
        }

        @Override
        public void onError(Throwable thrown) {
            heard.add(thrown);
        }

        @Override
        public void onCompleted() {
            heard.add("completed");
        }
    };

    @Test
    void aResult_isSent() {
        Replies.send(caller, CompletableFuture.completedFuture(7), value -> "seven");
        assertThat(heard).containsExactly("seven", "completed");
    }

    /** On the thread that completes the result, a future would keep it to itself. */
    @Test
    void anErrorWhileSending_endsTheCall() {
        fails = true;
        onSending = new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory");
        CompletableFuture<Integer> later = new CompletableFuture<>();
        Replies.send(caller, later, value -> "seven");
        later.complete(7);
        assertThat(heard).containsExactly(onSending);
    }

    @Test
    void anErrorWhileMakingTheMessage_endsTheCall() {
        Error defect = new StackOverflowError("a defect");
        Replies.send(caller, CompletableFuture.completedFuture(7), value -> {
            throw defect;
        });
        assertThat(heard).containsExactly(defect);
    }
}
