package io.rollcall.server.console;

import io.rollcall.adminui.ConsoleBackend.Attention;
import io.rollcall.adminui.ConsoleBackend.Severity;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.leader.LeaderConflict;
import io.rollcall.server.leader.LeaderRegister;
import io.rollcall.server.liveness.MassSilence;
import io.rollcall.server.namespace.Session;
import io.rollcall.server.registry.NamespaceState;
import io.rollcall.server.registry.Node;
import io.rollcall.server.registry.StoreHealth;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the parts of a namespace's state that an administrator should look at, the worst first. */
final class AttentionRules {
    private AttentionRules() {}

    static List<Attention> of(
            NamespaceState state,
            Optional<MassSilence> massSilence,
            Optional<StoreHealth.Failure> storeFailure,
            List<Alarm> alarms) {
        List<Attention> found = new ArrayList<>();
        alarms.forEach(alarm -> found.add(of(alarm, "")));
        storeFailure.map(AttentionRules::unwritable).ifPresent(found::add);
        LeaderRegister leader = state.leader();
        LeaderConflict conflict = leader.conflict();
        if (conflict != null) {
            found.add(new Attention(
                    Severity.PROBLEM,
                    "node " + conflict.claimant() + " was reported as a second leader of term " + conflict.term(),
                    conflict.since(),
                    "the gateway refuses it and keeps node " + leader.elected(),
                    "compare the logs of both nodes: two clusters may have formed, or one node lost its votes"));
        }
        if (isFounderLost(state)) {
            found.add(new Attention(
                    Severity.PROBLEM,
                    "the founder was lost before anybody reported a leader",
                    leader.since(),
                    "nobody is told to found the cluster again, so that it cannot be founded twice",
                    "see whether the members elect a leader; if the cluster never came to be, reset its bootstrap"));
        } else if (leader.term() > 0 && leader.leader() == null && state.liveCount() > 0) {
            found.add(new Attention(
                    Severity.PROBLEM,
                    "no leader since term " + leader.term(),
                    leader.since(),
                    "nodes that ask are told that no leader is known",
                    "look at the members' logs if they do not elect one within a few seconds"));
        }
        massSilence.map(AttentionRules::silent).ifPresent(found::add);
        if (state.failed() > 0) {
            found.add(new Attention(
                    Severity.WARNING,
                    state.failed() == 1 ? "1 node failed" : state.failed() + " nodes failed",
                    firstFailure(state),
                    "they are no longer listed to other nodes, and will be forgotten in a while",
                    "restart them, or remove them if they are gone for good"));
        }
        return found;
    }

    /** @param whose prefix of the alarm's text; empty where it is clear */
    static Attention of(Alarm alarm, String whose) {
        return new Attention(
                Severity.PROBLEM, whose + alarm.what(), alarm.since(), alarm.consequence(), alarm.remedy());
    }

    private static Attention unwritable(StoreHealth.Failure failure) {
        return new Attention(
                Severity.PROBLEM,
                "changes cannot be stored",
                failure.since(),
                "nodes that register, leave or report a leader are refused; lists and heartbeats go on, and no lease runs"
                        + " out meanwhile",
                failure.why());
    }

    private static Attention silent(MassSilence silence) {
        return new Attention(
                Severity.PROBLEM,
                silence.silent() + " of " + silence.of() + " nodes fell silent at once",
                silence.since(),
                "they are suspected, and instead of all at once the gateway gives up one in a hundred at a time; "
                        + silence.waiting() + " are waiting, and each is active again as soon as it is heard",
                "look at the network between these nodes and the gateway before you look at the nodes");
    }

    private static Instant firstFailure(NamespaceState state) {
        return state.nodes().values().stream()
                .filter(node -> !node.isLive())
                .map(Node::statusSince)
                .min(Comparator.naturalOrder())
                .orElse(state.leader().since());
    }

    /** The founder's lease ended after another node was told to join, and no node had reported a leader (B4). */
    private static boolean isFounderLost(NamespaceState state) {
        Session founder = state.bootstrap().founder();
        return state.bootstrap().confirmed()
                && founder != null
                && state.leader().term() == 0
                && state.leader().leader() == null
                && state.live(founder).isEmpty();
    }
}
