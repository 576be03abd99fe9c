package io.rollcall.server.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whether quotas and the JVM's memory can both be meant.
 *
 * <p>Planted bugs: namespaces not added up; direct memory not compared; a quota left out.
 */
class MemoryNeedTest {
    private static final long MIB = 1 << 20;

    /** Few nodes on few connections. */
    private static final Quotas SMALL = new Quotas(100, 1_000, 100, 1_000, 8 * MIB, 8 * MIB, 100, MIB, 10, 10, 1);

    private static final Quotas INITIAL =
            new Quotas(10_000, 100_000, 10_000, 25_000, 128 * MIB, 64 * MIB, 10_000, 16 * MIB, 200, 500, 1);

    @Test
    void aSmallNamespace_fitsIntoASmallHeap_butNotTwenty() {
        assertThat(MemoryNeed.of(List.of(SMALL)).shortage(256 * MIB, 256 * MIB)).isEmpty();
        assertThat(MemoryNeed.of(Collections.nCopies(20, SMALL)).shortage(256 * MIB, 256 * MIB))
                .hasValueSatisfying(why -> assertThat(why)
                        .contains("-Xmx")
                        .contains("quota-connections")
                        .contains("the JVM has 256 and 256"));
    }

    @Test
    void initialQuotas_needMoreThanASmallHeap() {
        MemoryNeed need = MemoryNeed.of(List.of(INITIAL, INITIAL));
        assertThat(need.shortage(256 * MIB, 256 * MIB)).isPresent();
        assertThat(need.shortage(2048 * MIB, 2048 * MIB)).isEmpty();
    }

    @Test
    void directMemory_isComparedByItself() {
        MemoryNeed need = MemoryNeed.of(List.of(INITIAL, INITIAL));
        assertThat(need.shortage(2048 * MIB, need.directBytes())).isEmpty();
        assertThat(need.shortage(2048 * MIB, need.directBytes() - 1)).isPresent();
        assertThat(need.shortage(need.heapBytes(), 2048 * MIB)).isEmpty();
        assertThat(need.shortage(need.heapBytes() - 1, 2048 * MIB)).isPresent();
    }

    @Test
    void eachQuotaThatHoldsMemory_counts() {
        long heap = MemoryNeed.of(SMALL).heapBytes();
        assertThat(List.of(
                        new Quotas(101, 1_000, 100, 1_000, 8 * MIB, 8 * MIB, 100, MIB, 10, 10, 1),
                        new Quotas(100, 1_001, 100, 1_000, 8 * MIB, 8 * MIB, 100, MIB, 10, 10, 1),
                        new Quotas(100, 1_000, 101, 1_000, 8 * MIB, 8 * MIB, 100, MIB, 10, 10, 1),
                        new Quotas(100, 1_000, 100, 1_000, 9 * MIB, 8 * MIB, 100, MIB, 10, 10, 1),
                        new Quotas(100, 1_000, 100, 1_000, 8 * MIB, 9 * MIB, 100, MIB, 10, 10, 1),
                        new Quotas(100, 1_000, 100, 1_000, 8 * MIB, 8 * MIB, 100, 2 * MIB, 10, 10, 1)))
                .allSatisfy(more -> assertThat(MemoryNeed.of(more).heapBytes()).isGreaterThan(heap));
    }
}
