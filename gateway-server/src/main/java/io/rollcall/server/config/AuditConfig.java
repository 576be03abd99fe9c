package io.rollcall.server.config;

/**
 * How much of the audit log is kept: about {@code fileSize} times {@code filesKept}.
 *
 * @param fileSize in bytes: a file that has grown so large is followed by another
 * @param filesKept 2 or more; the oldest beyond it are deleted
 */
public record AuditConfig(long fileSize, int filesKept) {}
