package io.rollcall.server.registry;

import io.rollcall.server.leader.LeaderConflict;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A namespace's state in the words of {@link RegistryModel#view}. */
final class RegistryView {
    private RegistryView() {}

    static String of(NamespaceState state) {
        return "epoch " + state.bootstrap().epoch() + " founder "
                + name(state.bootstrap().founder())
                + (state.bootstrap().confirmed() ? " confirmed" : "") + "\nterm "
                + state.leader().term() + " elected " + number(state.leader().elected()) + " leader "
                + name(state.leader().leader()) + " conflict "
                + conflict(state.leader().conflict()) + "\n"
                + state.nodes().values().stream().map(RegistryView::line).collect(Collectors.joining("\n"))
                + "\nsuspected " + state.suspected() + " failed " + state.failed();
    }

    private static String line(Node node) {
        return name(node.session()) + " " + node.status().word() + "@"
                + node.statusSince().getEpochSecond() + " port "
                + node.details().port() + " epoch " + node.epoch() + " joined@"
                + node.joinedAt().getEpochSecond();
    }

    private static String name(@Nullable Session session) {
        if (session == null) {
            return "null";
        }
        boolean isImplicit = session.incarnation().implicit();
        return session.node() + "/"
                + (isImplicit ? "implicit" : session.incarnation().number());
    }

    private static int number(@Nullable NodeId node) {
        return node == null ? 0 : node.value();
    }

    private static @Nullable String conflict(@Nullable LeaderConflict conflict) {
        return conflict == null ? null : conflict.claimant() + " by " + conflict.reporter();
    }
}
