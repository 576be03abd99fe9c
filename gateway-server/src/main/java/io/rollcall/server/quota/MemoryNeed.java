package io.rollcall.server.quota;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import java.util.Collection;
import java.util.Optional;

/**
 * The memory that the quotas of all namespaces allow the gateway to use, compared with the JVM's. An immutable value.
 *
 * <pre>
 *   heap     quota-call-memory + quota-unread (requests) + {@value #CONNECTION_BYTES} × quota-connections
 *            + {@value #NODE_BYTES} × quota-nodes + 4 × quota-metadata + {@value #NODE_ID_BYTES} × quota-node-ids + {@value #FIXED_BYTES}
 *   direct   quota-unread (replies)
 *   once     {@value #OWN_HEAP_BYTES} of heap, {@value #OWN_DIRECT_BYTES} of direct memory, for the gateway itself
 * </pre>
 *
 * @param heapBytes in the JVM's heap
 * @param directBytes in direct memory
 */
public record MemoryNeed(long heapBytes, long directBytes) {
    /** 11 KB as measured, with one short certificate, and room for a chain of 16 KiB. */
    static final int CONNECTION_BYTES = 40 << 10;

    /** Per node, without its own metadata and addresses. */
    static final int NODE_BYTES = 1 << 10;

    /** Per node id: how its sessions ended. */
    static final int NODE_ID_BYTES = 256;

    /** Per namespace: the history for watchers, 8 MiB, and changes that wait for the disk, 32 MiB. */
    static final int FIXED_BYTES = 40 << 20;

    /** Program, console, token caches, audit log queue. */
    static final int OWN_HEAP_BYTES = 96 << 20;

    /** Buffers kept by the event loops. */
    static final int OWN_DIRECT_BYTES = 48 << 20;

    /** Strings take three times their characters; each entry is kept encoded, too. */
    private static final int WORDS = 4;

    private static final int MIB = 1 << 20;

    static MemoryNeed of(Settings quotas) {
        return new MemoryNeed(
                quotas.get(Setting.QUOTA_CALL_MEMORY)
                        + quotas.get(Setting.QUOTA_UNREAD)
                        + (long) CONNECTION_BYTES * quotas.get(Setting.QUOTA_CONNECTIONS)
                        + (long) NODE_BYTES * quotas.get(Setting.QUOTA_NODES)
                        + WORDS * quotas.get(Setting.QUOTA_METADATA)
                        + (long) NODE_ID_BYTES * quotas.get(Setting.QUOTA_NODE_IDS)
                        + FIXED_BYTES,
                quotas.get(Setting.QUOTA_UNREAD));
    }

    /** Returns the need of a gateway with these namespaces. */
    public static MemoryNeed of(Collection<Settings> namespaces) {
        long heap = OWN_HEAP_BYTES;
        long direct = OWN_DIRECT_BYTES;
        for (Settings quotas : namespaces) {
            MemoryNeed need = of(quotas);
            heap += need.heapBytes;
            direct += need.directBytes;
        }
        return new MemoryNeed(heap, direct);
    }

    /**
     * Describes a shortage of memory for the operator.
     *
     * @param heap the maximum heap in bytes ({@code -Xmx})
     * @param direct the maximum direct memory ({@code -XX:MaxDirectMemorySize}, else as {@code -Xmx})
     * @return empty if there is enough
     */
    public Optional<String> shortage(long heap, long direct) {
        if (heapBytes <= heap && directBytes <= direct) {
            return Optional.empty();
        }
        return Optional.of("the quotas of all namespaces together allow for " + mib(heapBytes) + " MiB of heap and "
                + mib(directBytes) + " MiB of direct memory, but the JVM has " + mib(heap) + " and " + mib(direct)
                + ": give it more (-Xmx, -XX:MaxDirectMemorySize in JAVA_OPTS), or lower quota-connections,"
                + " quota-call-memory, quota-unread, quota-metadata or quota-node-ids");
    }

    /** Rounded up. */
    private static long mib(long bytes) {
        return (bytes + MIB - 1) / MIB;
    }
}
