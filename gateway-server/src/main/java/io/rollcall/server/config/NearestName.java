package io.rollcall.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Suggests the name that was probably meant. */
final class NearestName {
    private static final int FARTHEST = 4;

    private NearestName() {}

    /** A sentence's end such as {@code "; did you mean 'port'?"}, or nothing where no name is near. */
    static String hint(String written, Collection<String> names) {
        return find(written, names)
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    private static Optional<String> find(String written, Collection<String> names) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return names.stream()
                .filter(name -> distance.apply(written, name) <= FARTHEST)
                .min(Comparator.comparing((String name) -> distance.apply(written, name))
                        .thenComparing(Comparator.naturalOrder()));
    }
}
