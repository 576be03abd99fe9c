package io.rollcall.server.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides which records lose lines when they take more disk than they may. Each has an equal share, unused shares are
 * left to the others, and the largest record loses its oldest file first. So no record within its share loses a line
 * because of another.
 */
final class Shares {
    /** Above this fraction of the limit, records above their share are reported. */
    private static final double NEARLY = 0.9;

    private final Map<String, Deque<Long>> sizes = new TreeMap<>();
    private final Map<String, Long> sums = new TreeMap<>();
    private final long whole;
    private final long most;
    private long sum;

    /**
     * @param sizes of each record's files in bytes, the oldest first
     * @param whole the bytes that are shared: no record within its share loses anything
     * @param most the bytes that all records may take now, while other files wait to be sorted
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

    /** The bytes that each record may always take. */
    long share() {
        return whole / Math.max(1, sizes.size());
    }

    /** The records above their share, if all records together are near the limit. */
    List<String> aboveTheirShare() {
        return sum <= most * NEARLY
                ? List.of()
                : sums.entrySet().stream()
                        .filter(record -> record.getValue() > share())
                        .map(Map.Entry::getKey)
                        .toList();
    }

    /** How many of its oldest files each record has to delete; records that are not listed, none. */
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
                break; // the rest is in unsorted files, and is handled once they are sorted
            }
            long oldest = files.removeFirst();
            left.merge(largest, -oldest, Long::sum);
            given.merge(largest, 1, Integer::sum);
            all -= oldest;
        }
        return given;
    }
}
