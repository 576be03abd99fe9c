package io.rollcall.server.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Planted bugs: a signal before {@code then} forgotten; signals not heard at all. */
class HangUpSignalTest {
    private final HangUpSignal signal = new HangUpSignal();
    private final List<String> acted = new ArrayList<>();

    @Test
    void signals_thatComeTooEarly_areActedOnOnce_whenSomebodyListens() {
        signal.raised();
        signal.raised();
        signal.then(() -> acted.add("reload"));
        assertThat(acted).hasSize(1);
        signal.raised();
        assertThat(acted).hasSize(2);
    }

    @Test
    void withoutASignal_nothingHappens() {
        signal.then(() -> acted.add("reload"));
        assertThat(acted).isEmpty();
    }
}
