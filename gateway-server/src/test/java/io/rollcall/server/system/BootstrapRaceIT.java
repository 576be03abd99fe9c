package io.rollcall.server.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.NodeRange;
import io.rollcall.v1.RegisterNodeResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * B1 against the real process, over mutual TLS: 200 nodes register at the same instant, 50 times, and each time exactly
 * one is told to found. Five namespaces are raced for when nobody was ever there; the other rounds follow a reset,
 * while the sessions of the round before still live.
 *
 * <p>Shown to find: a registry that decides on the caller's thread, a retry that is told to join.
 */
class BootstrapRaceIT {
    private static final int NODES = 200;
    private static final int NAMESPACES = 5;
    private static final int ROUNDS_EACH = 10;

    @TempDir
    private static Path dir;

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() throws Exception {
        List<NodeRange> namespaces = new ArrayList<>(List.of(NodeRange.parse("lost:1-1")));
        for (int number = 1; number <= NAMESPACES; number++) {
            namespaces.add(NodeRange.parse("race-" + number + ":1-1"));
        }
        gateway = GatewayProcess.start(dir, namespaces, GatewayProcess.UNHURRIED);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void b1_of200NodesThatRegisterAtOnce_exactlyOneIsToldToFound_inEachOf50Rounds() throws Exception {
        for (int number = 1; number <= NAMESPACES; number++) {
            try (Racers racers = racers("race-" + number)) {
                for (int round = 1; round <= ROUNDS_EACH; round++) {
                    nextEpoch(racers, round);
                    List<RegisterNodeResponse> replies = racers.registerAtOnce(round);
                    assertThat(founders(replies, round)).containsExactly(racers.leader());
                }
            }
        }
    }

    @Test
    void b1_whereRepliesAreLost_theRetriesTellOneNode_theSameOne() throws Exception {
        try (Racers racers = racers("lost")) {
            for (int round = 1; round <= ROUNDS_EACH; round++) {
                nextEpoch(racers, round);
                List<RegisterNodeResponse> lost = new CopyOnWriteArrayList<>();
                List<RegisterNodeResponse> replies = racers.registerAgainAsRepliesAreLost(round, lost);
                int founder = racers.leader();
                assertThat(founders(replies, round)).containsExactly(founder);
                assertThat(lost).hasSize(NODES / 2);
                assertThat(founders(lost, round)).isSubsetOf(founder);
                assertThat(founders(racers.registerAtOnce(round), round)).containsExactly(founder);
            }
        }
    }

    private static Racers racers(String namespace) throws Exception {
        return new Racers(gateway, gateway.certs().namespace(namespace), NODES);
    }

    private static void nextEpoch(Racers racers, int round) {
        if (round > 1) {
            racers.reset();
        }
    }

    private static List<Integer> founders(List<RegisterNodeResponse> replies, int epoch) {
        assertThat(replies).allSatisfy(reply -> assertThat(reply.getEpoch()).isEqualTo(epoch));
        return replies.stream()
                .filter(RegisterNodeResponse::getIsBootstrap)
                .map(RegisterNodeResponse::getNodeId)
                .toList();
    }
}
