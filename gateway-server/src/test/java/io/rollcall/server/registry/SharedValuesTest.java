package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Equal values become one object, in bounded memory. */
class SharedValuesTest {
    private final SharedValues<List<String>> values = new SharedValues<>(1);

    @Test
    void equalValues_areOneObject() {
        List<String> first = List.of("a");
        assertThat(values.find(first)).isEmpty();
        assertThat(values.share(first)).isSameAs(first);
        assertThat(values.share(List.of(new String("a")))).isSameAs(first);
        assertThat(values.find(List.of(new String("a")))).containsSame(first);
    }

    @Test
    void aValueWhosePlaceIsTaken_isItself() {
        values.share(List.of("a"));
        List<String> other = List.of("b");
        assertThat(values.share(other)).isSameAs(other);
        List<String> again = List.of("a");
        assertThat(values.find(again)).isEmpty();
        assertThat(values.share(again)).isSameAs(again);
    }
}
