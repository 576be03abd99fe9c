package io.rollcall.server.config;

import java.time.Duration;

/**
 * How much of the audit log is kept.
 *
 * @param fileSize in bytes: a file that has grown so large is closed, sorted, and followed by another
 * @param maxSize in bytes, of all files of the log together; at least four times {@code fileSize}
 * @param keptFor how long a line is kept, where there is room
 */
public record AuditConfig(long fileSize, long maxSize, Duration keptFor) {
    /** While a file is sorted its lines are on the disk twice, and the next one is being written. */
    static final int LEAST_FILES = 4;
}
