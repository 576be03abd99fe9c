package io.rollcall.server.registry;

import io.rollcall.server.failure.RefusedException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A command of a member who is above its own rate: refused if it changes anything, but for what is so little that the
 * record adds it up.
 *
 * @param isLittle whether what was decided is so little
 */
public record AboveRate<R>(Command<R> command, RefusedException refusal, Predicate<R> isLittle) implements Command<R> {

    /**
     * The command as it is, or as this where its member is above its rate.
     *
     * @param refusal for that; empty: the member is not above it
     */
    public static <R> Command<R> ifSo(Optional<RefusedException> refusal, Command<R> command, Predicate<R> isLittle) {
        return refusal.<Command<R>>map(why -> new AboveRate<>(command, why, isLittle))
                .orElse(command);
    }

    @Override
    public R decide(Draft draft) {
        R reply = command.decide(draft);
        if (!draft.entries().isEmpty() && !isLittle.test(reply)) {
            throw refusal;
        }
        return reply;
    }

    @Override
    public String name() {
        return command.name();
    }

    @Override
    public Map<String, Object> asked() {
        return command.asked();
    }

    @Override
    public Optional<String> objection(R reply) {
        return command.objection(reply);
    }

    @Override
    public boolean isAddedUp(R reply) {
        return isLittle.test(reply);
    }
}
