package io.rollcall.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each node's order of the addresses. */
class PreferenceTest {
    private static final List<Target> TARGETS = Stream.of("a.example", "b.example", "[fd00::7]:9000")
            .map(Target::parse)
            .toList();

    private static List<String> order(List<Target> targets, int node) {
        return Preference.order(targets, "spiffe://rollcall.dev/ns/alpha/node/" + node).stream()
                .map(Target::toString)
                .toList();
    }

    /** The Python client's test has the same table. */
    @Test
    void theOrder_isTheSameInEveryClient() {
        assertThat(order(TARGETS, 1)).containsExactly("b.example:8090", "a.example:8090", "[fd00::7]:9000");
        assertThat(order(TARGETS, 2)).containsExactly("[fd00::7]:9000", "b.example:8090", "a.example:8090");
        assertThat(order(TARGETS, 3)).containsExactly("a.example:8090", "[fd00::7]:9000", "b.example:8090");
    }

    @Test
    void theOrder_doesNotDependOnTheListsOwn() {
        List<Target> reversed = new java.util.ArrayList<>(TARGETS);
        Collections.reverse(reversed);
        assertThat(order(reversed, 1)).isEqualTo(order(TARGETS, 1));
    }

    @Test
    void nodesSpread_andThoseOfALostAddressSpreadOverTheOthers() {
        List<List<String>> orders = IntStream.rangeClosed(1, 3_000)
                .mapToObj(node -> order(TARGETS, node))
                .toList();
        Map<String, Long> first = orders.stream().collect(Collectors.groupingBy(o -> o.get(0), Collectors.counting()));
        assertThat(first.values()).hasSize(3).allMatch(count -> count > 850);
        Map<String, Long> second = orders.stream()
                .filter(order -> order.get(0).equals("a.example:8090"))
                .collect(Collectors.groupingBy(o -> o.get(1), Collectors.counting()));
        assertThat(second.values()).hasSize(2).allMatch(count -> count > 400);
    }
}
