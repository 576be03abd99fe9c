package io.rollcall.server.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
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
    private static final Settings SMALL = TestSettings.INITIAL
            .with(Setting.QUOTA_NODES, 100)
            .with(Setting.QUOTA_NODE_IDS, 1_000)
            .with(Setting.QUOTA_CONNECTIONS, 100)
            .with(Setting.QUOTA_CALLS, 1_000)
            .with(Setting.QUOTA_CALL_MEMORY, 8 * MIB)
            .with(Setting.QUOTA_UNREAD, 8 * MIB)
            .with(Setting.QUOTA_METADATA, MIB);

    private static final Settings INITIAL = TestSettings.INITIAL;

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
                        SMALL.with(Setting.QUOTA_NODES, 101),
                        SMALL.with(Setting.QUOTA_NODE_IDS, 1_001),
                        SMALL.with(Setting.QUOTA_CONNECTIONS, 101),
                        SMALL.with(Setting.QUOTA_CALL_MEMORY, 9 * MIB),
                        SMALL.with(Setting.QUOTA_UNREAD, 9 * MIB),
                        SMALL.with(Setting.QUOTA_METADATA, 2 * MIB)))
                .allSatisfy(more -> assertThat(MemoryNeed.of(more).heapBytes()).isGreaterThan(heap));
    }
}
