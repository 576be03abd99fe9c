package io.rollcall.server.registry;

import io.rollcall.server.failure.RefusedException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A command of a member above its own rate: refused if it changes anything, unless the change is so small that the
 * audit log aggregates it.
 *
 * @param isLittle whether the decided change is that small
 */
public record AboveRate<R>(Command<R> command, RefusedException refusal, Predicate<R> isLittle) implements Command<R> {

    /**
     * Wraps the command if its member is above its rate; otherwise returns it unchanged.
     *
     * @param refusal the reason; empty: the member is within its rate
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
    public boolean isRepeatedIn(NamespaceState state) {
        return command.isRepeatedIn(state);
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
