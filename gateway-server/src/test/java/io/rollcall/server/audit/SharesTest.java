package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who gives up lines: whoever takes most, and nobody who stays within its share. */
class SharesTest {

    @Test
    void withinTheWhole_nobodyGivesUpAnything() {
        Shares shares = new Shares(Map.of("alpha", List.of(80L), "beta", List.of(5L)), 100, 100);
        assertThat(shares.toDelete()).isEmpty();
        assertThat(shares.aboveTheirShare()).isEmpty();
    }

    @Test
    void whatOthersLeave_mayBeUsed_untilAllIsNearlyFull() {
        Shares shares = new Shares(Map.of("alpha", List.of(40L, 46L), "beta", List.of(5L)), 100, 100);
        assertThat(shares.toDelete()).isEmpty();
        assertThat(shares.aboveTheirShare()).containsExactly("alpha");
    }

    @Test
    void theLargest_givesUpItsOldest_andNoMoreThanItMust() {
        Shares shares = new Shares(Map.of("alpha", List.of(20L, 30L, 40L), "beta", List.of(25L)), 100, 100);
        assertThat(shares.toDelete()).isEqualTo(Map.of("alpha", 1));
    }

    @Test
    void twoThatFlood_giveUpInTurns_andTheThirdNothing() {
        Shares shares = new Shares(
                Map.of(
                        "alpha", List.of(30L, 30L, 30L),
                        "beta", List.of(30L, 30L, 30L),
                        "gamma", List.of(10L, 20L)),
                90,
                90);
        assertThat(shares.toDelete()).isEqualTo(Map.of("alpha", 2, "beta", 2));
        assertThat(shares.share()).isEqualTo(30);
    }

    @Test
    void whatWaitsToBeSorted_costsNobodyWithinItsShareALine() {
        Shares shares = new Shares(Map.of("alpha", List.of(30L, 40L), "beta", List.of(20L, 20L)), 100, 25);
        assertThat(shares.toDelete()).isEqualTo(Map.of("alpha", 1));
    }
}
