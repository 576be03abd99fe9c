package io.rollcall.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Figures of several servers, measured in turn and in alternating order: what disturbs the machine disturbs all of them,
 * and the ratios of a round stay.
 */
final class Comparison {
    private final Map<String, List<Double>> figures = new HashMap<>();
    private int rounds;

    /** A figure of one server. */
    interface Figure {
        double measure() throws Exception;
    }

    /** A ratio of two servers' figures, over the rounds. */
    record Ratio(double median, double least, double most) {
        /** Such as {@code 1.03 (0.89–1.29)}. */
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", median, least, most);
        }
    }

    /** Measures each server once, in this order and the opposite one in turn. */
    void round(Map<String, Figure> servers) throws Exception {
        List<Map.Entry<String, Figure>> order = new ArrayList<>(servers.entrySet());
        if (rounds++ % 2 == 1) {
            Collections.reverse(order);
        }
        for (Map.Entry<String, Figure> server : order) {
            add(server.getKey(), server.getValue().measure());
        }
    }

    /** Adds a figure that was measured together with another one. */
    void add(String server, double figure) {
        figures.computeIfAbsent(server, name -> new ArrayList<>()).add(figure);
    }

    /** Returns the median of a server's figures; NaN: it was not measured. */
    double median(String server) {
        return middle(figures.getOrDefault(server, List.of()));
    }

    /** Returns {@code server}'s figures divided by those of {@code other} in the same rounds. */
    Ratio ratio(String server, String other) {
        List<Double> ours = figures.getOrDefault(server, List.of());
        List<Double> theirs = figures.getOrDefault(other, List.of());
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            ratios.add(ours.get(i) / theirs.get(i));
        }
        ratios.sort(null);
        return ratios.isEmpty()
                ? new Ratio(Double.NaN, Double.NaN, Double.NaN)
                : new Ratio(middle(ratios), ratios.get(0), ratios.get(ratios.size() - 1));
    }

    private static double middle(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
