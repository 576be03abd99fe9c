package io.rollcall.server.transport;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.grpc.KnownLength;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the network from using all direct memory. The rest is for the store, the audit log and the console, whose
 * threads would otherwise fail because of replies that a tenant leaves unread.
 *
 * <p>It also makes a failure cheap: at netty's own limit an allocation fails at once; at the JVM's limit the event loop
 * would first collect garbage and sleep, half a second each time ({@code java.nio.Bits.reserveMemory}).
 */
public final class DirectMemory {
    private static final String NETTY_LIMIT = "io.netty.maxDirectMemory";
    private static final int NETWORK_QUARTERS = 3;

    /** Size of a gRPC message header: a flag and the length. */
    private static final int FRAME_HEADER = 5;

    private static final int LARGEST_BUFFER = 1 << 20;

    /** The size of most replies. */
    private static final int SMALL_REPLY = 64 << 10;

    private DirectMemory() {}

    /** Call it before any class of netty is used. A limit set by a JVM option is kept. */
    public static void limit() {
        if (System.getProperty(NETTY_LIMIT) == null) {
            System.setProperty(NETTY_LIMIT, Long.toString(most() / 4 * NETWORK_QUARTERS));
        }
    }

    /**
     * Returns if there is room for a reply: allocates that much and releases it. gRPC then finds it in the same
     * thread's cache or arena. Small replies skip this while memory is plentiful, to keep heartbeats cheap.
     *
     * @throws OutOfMemoryError otherwise
     */
    static void require(ByteBufAllocator from, KnownLength reply) {
        int bytes = length(reply);
        if (bytes > SMALL_REPLY || !isPlentiful()) {
            require(from, bytes);
        }
    }

    /** Returns whether at most half of netty's limit is used. False if the JVM counts instead of netty. */
    private static boolean isPlentiful() {
        return PlatformDependent.useDirectBufferNoCleaner()
                && PlatformDependent.usedDirectMemory() < PlatformDependent.maxDirectMemory() / 2;
    }

    /** gRPC writes into buffers of at most a mebibyte; all of them are needed at once. */
    private static void require(ByteBufAllocator from, int bytes) {
        ByteBuf buffer = from.directBuffer(Math.min(bytes + FRAME_HEADER, LARGEST_BUFFER));
        try {
            if (bytes > LARGEST_BUFFER) {
                require(from, bytes - LARGEST_BUFFER);
            }
        } finally {
            buffer.release();
        }
    }

    private static int length(KnownLength reply) {
        try {
            return reply.available();
        } catch (IOException e) {
            throw new UncheckedIOException("a reply that cannot be read", e);
        }
    }

    /** Returns the JVM's limit in bytes: {@code -XX:MaxDirectMemorySize}, by default the maximum heap. */
    private static long most() {
        @Nullable HotSpotDiagnosticMXBean bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long given = bean == null
                ? 0 // not HotSpot
                : Long.parseLong(bean.getVMOption("MaxDirectMemorySize").getValue());
        return given > 0 ? given : Runtime.getRuntime().maxMemory();
    }
}
