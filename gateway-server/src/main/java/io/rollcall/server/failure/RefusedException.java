package io.rollcall.server.failure;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A refusal on its way to the caller. Without a stack trace: it is an answer, not a defect. Belongs to no protocol;
 * {@link RefusalStatus} says it in gRPC.
 */
public final class RefusedException extends RuntimeException {
    /** Memory comes back as clients read, and with the connections of those who do not. */
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

    /** No memory outside the heap is left for a call. */
    public static RefusedException noMemory() {
        return Refusal.OUT_OF_MEMORY
                .because("the gateway has no memory left for this call; try again later")
                .retryAfter(RETRY_WITHOUT_MEMORY);
    }

    /** The same, telling the caller to wait so long before it tries again. */
    public RefusedException retryAfter(Duration delay) {
        return new RefusedException(refusal, getMessage(), delay);
    }

    /** How long the caller is told to wait; zero where it is not told. */
    public Duration retryAfter() {
        return retryAfter == null ? Duration.ZERO : retryAfter;
    }

    /** How long the caller is told to wait; empty: it is not told. */
    Optional<Duration> toldDelay() {
        return Optional.ofNullable(retryAfter);
    }

    public Refusal refusal() {
        return refusal;
    }
}
