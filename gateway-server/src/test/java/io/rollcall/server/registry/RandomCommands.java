package io.rollcall.server.registry;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.registry.ModelCommand.Register;
import io.rollcall.server.registry.ModelCommand.Remove;
import io.rollcall.server.registry.ModelCommand.Report;
import io.rollcall.server.registry.ModelCommand.Reset;
import io.rollcall.server.registry.ModelCommand.Settle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Chooses commands that matter in the state at hand: the live incarnation and those that ended, the current term and
 * its neighbours. The nodes share their incarnations' numbers, so that one is never taken for another's.
 */
final class RandomCommands {
    private final Random random;
    private final int nodes;
    private final RegistryModel model;
    private final Map<RegistryModel.Session, Incarnation> names;
    private final Map<Integer, Long> lastFresh = new HashMap<>();

    /** @param names what the server calls the model's sessions */
    RandomCommands(Random random, int nodes, RegistryModel model, Map<RegistryModel.Session, Incarnation> names) {
        this.random = random;
        this.nodes = nodes;
        this.model = model;
        this.names = names;
    }

    ModelCommand next() {
        int kind = random.nextInt(100);
        int node = node();
        if (kind < 40) {
            return new Register(node, 5000 + random.nextInt(2), incarnation(node, 40), memberOfEpoch());
        }
        if (kind < 50) {
            boolean byOperator = random.nextInt(3) == 0;
            return new Remove(node, byOperator && random.nextBoolean() ? 0 : incarnation(node, 5), byOperator);
        }
        if (kind < 75) {
            return new Report(node, incarnation(node, 5), node(), term());
        }
        if (kind < 78) {
            long epoch = random.nextBoolean() ? 0 : model.epoch - random.nextInt(2);
            return new Reset(random.nextBoolean(), Math.max(0, epoch));
        }
        return new Settle(verdicts(), names);
    }

    private int node() {
        return 1 + random.nextInt(nodes);
    }

    /** Fresh with {@code percentFresh}; else the node's live one, an ended one or none. */
    private long incarnation(int node, int percentFresh) {
        if (random.nextInt(100) < percentFresh) {
            return lastFresh.merge(node, 1L, Long::sum);
        }
        int choice = random.nextInt(10);
        RegistryModel.Entry entry = model.entries.get(node);
        List<RegistryModel.Session> ended = model.endedOf(node);
        if (choice < 6 && entry != null) {
            return entry.session.incarnation;
        }
        return choice < 9 && !ended.isEmpty() ? ended.get(random.nextInt(ended.size())).incarnation : 0;
    }

    private long memberOfEpoch() {
        return random.nextInt(4) > 0 ? 0 : 1 + random.nextInt((int) Math.min(model.epoch, 1000) + 2);
    }

    private long term() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> Math.max(1, model.term - 1 - random.nextInt(3));
            case 2, 3 -> model.term;
            default -> model.term + 1 + random.nextInt(2);
        };
    }

    private List<Settle.Verdict> verdicts() {
        List<Settle.Verdict> verdicts = new ArrayList<>();
        LeaseVerdict.Kind[] kinds = LeaseVerdict.Kind.values();
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            int node = node();
            RegistryModel.Entry entry = model.entries.get(node);
            List<RegistryModel.Session> ended = model.endedOf(node);
            boolean isPresent = entry != null && (ended.isEmpty() || random.nextInt(5) > 0);
            if (isPresent || !ended.isEmpty()) {
                RegistryModel.Session session = isPresent ? entry.session : ended.get(random.nextInt(ended.size()));
                verdicts.add(new Settle.Verdict(session, kinds[random.nextInt(kinds.length)]));
            }
        }
        return verdicts;
    }
}
