package io.rollcall.server.registry;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.server.namespace.Session;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One command, asked of the server's pure decision and of {@link RegistryModel} alike; both replies are words. A kind
 * of command is one record here and one line in {@link RandomCommands}.
 */
interface ModelCommand {

    String ask(DecidedNamespace server, long now);

    String ask(RegistryModel model, long now);

    /** A node registers; incarnation 0: it chose none. */
    record Register(int node, int port, long incarnation, long memberOfEpoch) implements ModelCommand {
        @Override
        public String ask(DecidedNamespace server, long now) {
            NodeDetails details = new NodeDetails("10.0.0." + node, port, List.of("raft"), Map.of());
            try {
                RegisterNode.Registration registration = server.decide(new RegisterNode(
                        NodeId.of(node),
                        details,
                        incarnation,
                        memberOfEpoch,
                        Registrations.UNBOUNDED,
                        Instant.ofEpochSecond(now)));
                return (registration.isNew() ? "registered" : "updated")
                        + (registration.isFounder() ? ", found" : ", join");
            } catch (RefusedException e) {
                return e.refusal().name();
            }
        }

        @Override
        public String ask(RegistryModel model, long now) {
            return model.register(node, port, incarnation, memberOfEpoch, now);
        }
    }

    /** A node is taken out, by itself or by an operator. */
    record Remove(int node, long incarnation, boolean byOperator) implements ModelCommand {
        @Override
        public String ask(DecidedNamespace server, long now) {
            RemoveNode.Removal removal =
                    server.decide(new RemoveNode(NodeId.of(node), incarnation, byOperator, Instant.ofEpochSecond(now)));
            return removal.found() ? "removed" : "not_found";
        }

        @Override
        public String ask(RegistryModel model, long now) {
            return model.remove(node, incarnation, byOperator);
        }
    }

    /** A member says who leads; term 0: not said. */
    record Report(int reporter, long incarnation, int leader, long term) implements ModelCommand {
        @Override
        public String ask(DecidedNamespace server, long now) {
            ReportLeader.Report report = server.decide(new ReportLeader(
                    NodeId.of(reporter), incarnation, NodeId.of(leader), term, Instant.ofEpochSecond(now)));
            return report.accepted() ? "accepted" : "failed";
        }

        @Override
        public String ask(RegistryModel model, long now) {
            return model.report(reporter, incarnation, leader, term);
        }
    }

    /** An operator resets the bootstrap; epoch 0: whichever it is. */
    record Reset(boolean force, long epoch) implements ModelCommand {
        @Override
        public String ask(DecidedNamespace server, long now) {
            try {
                server.decide(new ResetBootstrap(force, epoch, "because", Instant.ofEpochSecond(now)));
                return "reset";
            } catch (RefusedException e) {
                return e.refusal().name();
            }
        }

        @Override
        public String ask(RegistryModel model, long now) {
            return model.reset(force, epoch);
        }
    }

    /** What a sweep found; the sessions are the model's, by {@code names} also the server's. */
    record Settle(List<Verdict> verdicts, Map<RegistryModel.Session, Incarnation> names) implements ModelCommand {
        record Verdict(RegistryModel.Session session, LeaseVerdict.Kind kind) {}

        @Override
        public String ask(DecidedNamespace server, long now) {
            List<LeaseVerdict> asked = verdicts.stream()
                    .map(verdict -> new LeaseVerdict(
                            new Session(NodeId.of(verdict.session().node), names.get(verdict.session())),
                            verdict.kind()))
                    .toList();
            int settled = server.decide(new SettleLeases(asked, Instant.ofEpochSecond(now)));
            for (LeaseVerdict verdict : asked) {
                if (verdict.kind() == LeaseVerdict.Kind.EXPIRE
                        && server.state().live(verdict.session()).isPresent()) {
                    throw new AssertionError("T2: expired, the node is still live: " + verdict.session());
                }
            }
            return "settled " + settled;
        }

        @Override
        public String ask(RegistryModel model, long now) {
            return "settled "
                    + verdicts.stream()
                            .filter(verdict -> model.settle(
                                    verdict.session(), verdict.kind().name(), now))
                            .count();
        }

        @Override
        public String toString() {
            return "Settle" + verdicts;
        }
    }
}
