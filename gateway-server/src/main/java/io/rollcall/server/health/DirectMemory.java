package io.rollcall.server.health;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * Measures the memory outside the heap that is in use for messages. Netty allocates it through the JVM, whose pool then
 * counts it, or, where possible, bypasses the JVM and counts it itself.
 */
final class DirectMemory {
    private DirectMemory() {}

    /** In bytes. Any thread. */
    static long used() {
        return pastTheJvm() + ofTheJvm();
    }

    private static long pastTheJvm() {
        return PlatformDependent.useDirectBufferNoCleaner() ? Math.max(0, PlatformDependent.usedDirectMemory()) : 0;
    }

    private static long ofTheJvm() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
