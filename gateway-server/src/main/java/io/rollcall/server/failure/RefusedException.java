package io.rollcall.server.failure;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a call. Has no stack trace: it is an answer, not a defect. Independent of the protocol; {@link RefusalStatus}
 * translates it to gRPC.
 */
public final class RefusedException extends RuntimeException {
    /** Memory is freed as clients read, and when the connections of those that do not read are closed. */
    private static final Duration RETRY_WITHOUT_MEMORY = Duration.ofSeconds(5);

    private final transient Refusal refusal;
    private final transient @Nullable Duration retryAfter;

    RefusedException(Refusal refusal, String message) {
        this(refusal, message, null);
    }

    private RefusedException(Refusal refusal, @Nullable String message, @Nullable Duration retryAfter) {
        super(message, null, false, false);
        this.refusal = refusal;
        this.retryAfter = retryAfter;
    }

    /** Returns the refusal of a call for which no memory outside the heap is left. */
    public static RefusedException noMemory() {
        return Refusal.OUT_OF_MEMORY
                .because("the gateway has no memory left for this call; try again later")
                .retryAfter(RETRY_WITHOUT_MEMORY);
    }

    /** Returns the same refusal with a retry delay for the caller. */
    public RefusedException retryAfter(Duration delay) {
        return new RefusedException(refusal, getMessage(), delay);
    }

    /** The retry delay; zero if there is none. */
    public Duration retryAfter() {
        return retryAfter == null ? Duration.ZERO : retryAfter;
    }

    /** The retry delay, if there is one. */
    Optional<Duration> toldDelay() {
        return Optional.ofNullable(retryAfter);
    }

    public Refusal refusal() {
        return refusal;
    }
}
