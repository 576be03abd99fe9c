package io.rollcall.adminui.api;

import io.rollcall.adminui.ConsoleBackend.Attention;
import io.rollcall.adminui.ConsoleBackend.LeaderView;
import io.rollcall.adminui.ConsoleBackend.NamespaceSummary;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A namespace without its nodes. */
record NamespaceJson(
        String name,
        long revision,
        long epoch,
        String bootstrap,
        long term,
        @Nullable Leader leader,
        Counts nodes,
        List<Notice> attention) {

    static NamespaceJson of(NamespaceSummary of) {
        return new NamespaceJson(
                of.name(),
                of.revision(),
                of.epoch(),
                word(of.bootstrap()),
                of.term(),
                of.leader().map(Leader::of).orElse(null),
                new Counts(of.active() + of.suspected() + of.failed(), of.active(), of.suspected(), of.failed()),
                of.attention().stream().map(Notice::of).toList());
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    record Leader(int nodeId, String address, Instant since) {
        static Leader of(LeaderView of) {
            return new Leader(of.nodeId(), of.address(), of.since());
        }
    }

    record Counts(int total, int active, int suspected, int failed) {}

    record Notice(String severity, String what, Instant since, String consequence, String remedy) {
        static Notice of(Attention of) {
            return new Notice(word(of.severity()), of.what(), of.since(), of.consequence(), of.remedy());
        }
    }
}
