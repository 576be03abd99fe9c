package io.rollcall.server.registry;

import java.io.IOException;
import java.util.List;

/**
 * The record of who changed what. A change is on record before it is committed, so that none happens without; what
 * fails after that is recorded too. Called by the registry's writer alone.
 */
public interface AuditSink {
    /** Keeps no record. */
    AuditSink NONE = new AuditSink() {
        @Override
        public void intend(List<CommandOutcome> outcomes) {}

        @Override
        public void retract() {}

        @Override
        public void refused(CommandOutcome outcome) {}

        @Override
        public void probe() {}
    };

    /**
     * Puts on record what is about to be committed, and returns when that is durable.
     *
     * @param outcomes each changes something
     * @throws IOException if it is not; nothing of it is then committed
     */
    void intend(List<CommandOutcome> outcomes) throws IOException;

    /** What was intended last has not come to pass. Does not throw. */
    void retract();

    /** A command was refused and changed nothing. Does not wait, and does not throw. */
    void refused(CommandOutcome outcome);

    /**
     * Finds out whether something could be put on record.
     *
     * @throws IOException if not; the message says why
     */
    void probe() throws IOException;
}
