package io.rollcall.adminui.overview;

import io.rollcall.adminui.ConsoleBackend.Attention;
import io.rollcall.adminui.ConsoleBackend.GatewayView;
import io.rollcall.adminui.ConsoleBackend.NamespaceSummary;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The content of the overview.
 *
 * @param now when it was created
 * @param alerts of the gateway and all namespaces, the worst first and then the oldest
 */
public record OverviewModel(GatewayView gateway, List<NamespaceSummary> namespaces, List<Alert> alerts, Instant now) {

    static OverviewModel of(GatewayView gateway, List<NamespaceSummary> namespaces, Instant now) {
        Stream<Alert> aboutAll = gateway.attention().stream().map(what -> new Alert("", what));
        List<Alert> alerts = Stream.concat(aboutAll, namespaces.stream().flatMap(one -> one.attention().stream()
                        .map(what -> new Alert(one.name(), what))))
                .sorted(Comparator.comparing((Alert alert) -> alert.attention().severity())
                        .thenComparing(alert -> alert.attention().since()))
                .toList();
        return new OverviewModel(gateway, namespaces, alerts, now);
    }

    public int active() {
        return namespaces.stream().mapToInt(NamespaceSummary::active).sum();
    }

    public int suspected() {
        return namespaces.stream().mapToInt(NamespaceSummary::suspected).sum();
    }

    public int failed() {
        return namespaces.stream().mapToInt(NamespaceSummary::failed).sum();
    }

    public int nodes() {
        return active() + suspected() + failed();
    }

    public long withoutLeader() {
        return namespaces.stream().filter(one -> one.leader().isEmpty()).count();
    }

    /** Returns the sum of the namespaces' revisions, which grows with every change. */
    public long revision() {
        return namespaces.stream().mapToLong(NamespaceSummary::revision).sum();
    }

    /** An issue and its namespace; empty: the gateway itself. */
    public record Alert(String namespace, Attention attention) {}
}
