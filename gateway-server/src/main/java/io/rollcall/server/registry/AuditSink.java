package io.rollcall.server.registry;

import java.io.IOException;
import java.util.List;

/**
 * The audit record of changes. A change is recorded before it is committed, so that none happens unrecorded; a later
 * failure is recorded too. Called only by the registry's writer.
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
     * Records what is about to be committed, and returns once the record is durable, or will be with the commit (see
     * {@link AuditEnd}).
     *
     * @param outcomes each with at least one change
     * @throws IOException if it cannot be made durable; nothing is committed then
     */
    void intend(List<CommandOutcome> outcomes) throws IOException;

    /** Records that the last intended batch was not committed. Does not throw. */
    void retract();

    /** Records a command that was refused and changed nothing. Does not wait, and does not throw. */
    void refused(CommandOutcome outcome);

    /**
     * Checks whether a record could be written.
     *
     * @throws IOException if not; the message says why
     */
    void probe() throws IOException;
}
