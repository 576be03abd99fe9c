package io.rollcall.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Whom to kill, and when; every second time it is a leader. */
final class Mayhem {

    private final RandomGenerator random;

    Mayhem(RandomGenerator random) {
        this.random = random;
    }

    /** Until the next kill: 20 to 40 s. */
    Duration pause() {
        return Duration.ofMillis(random.nextLong(20_000, 40_000));
    }

    /** Between a kill and the new start: 5 to 15 s. */
    Duration absence() {
        return Duration.ofMillis(random.nextLong(5_000, 15_000));
    }

    /** @param leaderOf a namespace's leader, where one is known */
    Optional<NodeProcess> victim(List<NodeProcess> running, Function<String, OptionalInt> leaderOf) {
        if (running.isEmpty()) {
            return Optional.empty();
        }
        NodeProcess any = running.get(random.nextInt(running.size()));
        if (random.nextBoolean()) {
            OptionalInt leader = leaderOf.apply(any.namespace());
            Optional<NodeProcess> leads = running.stream()
                    .filter(node ->
                            node.namespace().equals(any.namespace()) && leader.equals(OptionalInt.of(node.id())))
                    .findFirst();
            if (leads.isPresent()) {
                return leads;
            }
        }
        return Optional.of(any);
    }
}
