package io.rollcall.adminui.signin;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import io.javalin.http.ServiceUnavailableResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Argon2id with OWASP's first recommended parameters: 19 MiB, two passes, one lane.
 *
 * <p>For unknown clients at most two hashes run at a time and 32 callers wait; for clients that have signed in before
 * one runs and eight wait, independently of the others. So a flood of sign-ins costs 57 MiB and 43 threads, and delays
 * no known administrator.
 */
final class PasswordHasher {

    private static final int MEMORY_KIB = 19 * 1024;
    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int HASH_BYTES = 32;
    private static final int SALT_BYTES = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Argon2Function argon2 = Argon2Function.getInstance(
            MEMORY_KIB, PASSES, LANES, HASH_BYTES, Argon2.ID, Argon2Function.ARGON2_VERSION_13);
    private final Lane strangers = new Lane(2, 32);
    private final Lane known = new Lane(1, 8);

    /** @return the hash with its salt and parameters, as {@code $argon2id$…} */
    String hash(String password) {
        return known.run(() ->
                Password.hash(password).addRandomSalt(SALT_BYTES).with(argon2).getResult());
    }

    /**
     * @param isKnown whether the client has signed in before
     * @throws Busy if too many passwords are being checked
     */
    boolean matches(String password, String hash, boolean isKnown) {
        return (isKnown ? known : strangers)
                .run(() -> Argon2Function.getInstanceFromHash(hash).check(password, hash));
    }

    /** Runs some hashes at a time and queues a few more. */
    private static final class Lane {
        private final Semaphore slots;
        private final int waiting;

        Lane(int atOnce, int waiting) {
            this.slots = new Semaphore(atOnce, true);
            this.waiting = waiting;
        }

        <T> T run(Supplier<T> work) {
            try {
                if (slots.getQueueLength() >= waiting
                        || !slots.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new Busy();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Busy();
            }
            try {
                return work.get();
            } finally {
                slots.release();
            }
        }
    }

    /** Thrown if too many passwords are being checked; answered with 503. */
    static final class Busy extends ServiceUnavailableResponse {
        Busy() {
            super("Too many passwords are being checked. Try again in a few seconds.");
        }
    }
}
