package io.rollcall.server.registry;

import java.util.List;

/**
 * The end of the audit log. The store keeps it in each commit, so one flush makes changes durable together with their
 * lines; a line that a crash of the machine takes from the log's file is written there again at the next start.
 *
 * @param head number and hash of the last line, as printed; empty: there is no log
 * @param unforced what was written since the log's file was last forced to the disk, oldest first
 */
public record AuditEnd(String head, List<Lines> unforced) {
    /** There is no log. */
    public static final AuditEnd NONE = new AuditEnd("", List.of());

    public AuditEnd {
        unforced = List.copyOf(unforced);
    }

    /**
     * Lines that were written together.
     *
     * @param file the number of the log's file
     * @param position of the first one in it, in bytes
     * @param text in ASCII, each line with its line feed
     */
    public record Lines(long file, long position, String text) {}
}
