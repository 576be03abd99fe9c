package io.rollcall.server.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who gives up lines where the records take more disk than they may: each has an equal share, those below theirs leave
 * the rest to the others, and whoever takes most gives up its oldest file first. So nobody within its share loses a line
 * for somebody else.
 */
final class Shares {
    /** Above this part of what they may take, whoever is above its share is told. */
    private static final double NEARLY = 0.9;

    private final Map<String, Deque<Long>> sizes = new TreeMap<>();
    private final Map<String, Long> sums = new TreeMap<>();
    private final long whole;
    private final long most;
    private long sum;

    /**
     * @param sizes of each record's files in bytes, the oldest first
     * @param whole bytes that are shared out: nobody within its share of it gives up anything
     * @param most bytes that all of them may take now, while other files wait to be sorted
     */
    Shares(Map<String, List<Long>> sizes, long whole, long most) {
        this.whole = whole;
        this.most = most;
        sizes.forEach((record, files) -> {
            long bytes = files.stream().mapToLong(Long::longValue).sum();
            this.sizes.put(record, new ArrayDeque<>(files));
            sums.put(record, bytes);
            sum += bytes;
        });
    }

    /** What each may take whatever the others do. */
    long share() {
        return whole / Math.max(1, sizes.size());
    }

    /** Those above their share while all of them together take nearly as much as they may. */
    List<String> aboveTheirShare() {
        return sum <= most * NEARLY
                ? List.of()
                : sums.entrySet().stream()
                        .filter(record -> record.getValue() > share())
                        .map(Map.Entry::getKey)
                        .toList();
    }

    /** How many of its oldest files each record has to give up; those that are not named, none. */
    Map<String, Integer> toDelete() {
        Map<String, Integer> given = new TreeMap<>();
        Map<String, Long> left = new TreeMap<>(sums);
        long all = sum;
        List<String> records = new ArrayList<>(sizes.keySet());
        while (all > most) {
            String largest = "";
            for (String record : records) {
                if (largest.isEmpty() || left.getOrDefault(record, 0L) > left.getOrDefault(largest, 0L)) {
                    largest = record;
                }
            }
            Deque<Long> files = sizes.getOrDefault(largest, new ArrayDeque<>());
            if (files.isEmpty() || left.getOrDefault(largest, 0L) <= share()) {
                break; // what waits to be sorted is whoever's it is, and is seen to then
            }
            long oldest = files.removeFirst();
            left.merge(largest, -oldest, Long::sum);
            given.merge(largest, 1, Integer::sum);
            all -= oldest;
        }
        return given;
    }
}
