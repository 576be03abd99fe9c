package io.rollcall.server.system;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.rollcall.devcerts.Member;
import io.rollcall.v1.GatewayServiceGrpc;
import io.rollcall.v1.GatewayServiceGrpc.GatewayServiceBlockingStub;
import io.rollcall.v1.RegisterNodeRequest;
import io.rollcall.v1.RegisterNodeResponse;
import io.rollcall.v1.RemoveNodeRequest;
import io.rollcall.v1.RemoveNodeResponse;
import io.rollcall.v1.ResetBootstrapRequest;
import io.rollcall.v1.ResetBootstrapResponse;
import io.rollcall.v1.UpdateLeaderRequest;
import io.rollcall.v1.UpdateLeaderResponse;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A node, or an operator (node 0), that acts at random until the gateway is gone, and writes down what it is told. */
final class RandomClient implements Runnable {
    /** What a call says whose reply the crash has swallowed; netty's own "channel closed" comes as UNKNOWN. */
    private static final Set<Status.Code> LOST =
            Set.of(Status.Code.UNAVAILABLE, Status.Code.CANCELLED, Status.Code.UNKNOWN);

    private final GatewayProcess gateway;
    private final Member member;
    private final int node;
    private final AcknowledgedHistory history;
    private final AtomicLong counter;
    private final Random random;
    private final AtomicBoolean stop;
    private long incarnation;

    /** @param counter gives incarnations and terms that rise through all crashes */
    RandomClient(
            GatewayProcess gateway,
            Member member,
            int node,
            AcknowledgedHistory history,
            AtomicLong counter,
            Random random,
            AtomicBoolean stop) {
        this.gateway = gateway;
        this.member = member;
        this.node = node;
        this.history = history;
        this.counter = counter;
        this.random = random;
        this.stop = stop;
    }

    @Override
    public void run() {
        try (MemberChannel channel = new MemberChannel(gateway, member.credential(), member.token())) {
            GatewayServiceBlockingStub stub = GatewayServiceGrpc.newBlockingStub(channel.channel());
            if (node > 0) {
                // A client that was not answered asks again, in the same words (B1).
                register(stub, history.unanswered(node).orElseGet(counter::incrementAndGet));
            }
            while (!stop.get()) {
                act(stub);
            }
        } catch (StatusRuntimeException e) {
            if (!LOST.contains(e.getStatus().getCode())) {
                throw e;
            }
        } catch (Exception e) {
            throw new AssertionError("node " + node + " could not go on", e);
        }
    }

    private void act(GatewayServiceBlockingStub stub) throws InterruptedException {
        if (node == 0) {
            Thread.sleep(20 + random.nextInt(200));
            reset(stub);
            return;
        }
        int chance = random.nextInt(10);
        if (chance < 5 || incarnation == 0) {
            register(stub, counter.incrementAndGet());
        } else if (chance < 8) {
            lead(stub);
        } else {
            remove(stub);
        }
    }

    private void register(GatewayServiceBlockingStub stub, long session) {
        history.asks(node, session);
        RegisterNodeResponse reply = stub.registerNode(RegisterNodeRequest.newBuilder()
                .setNodeId(node)
                .setIpAddress("10.0.0." + node)
                .setPort(5000)
                .setIncarnation(session)
                .build());
        history.registered(
                node,
                session,
                reply.getIsBootstrap(),
                at(reply.getRegistryId(), reply.getRevision(), reply.getEpoch()));
        incarnation = session;
    }

    private void remove(GatewayServiceBlockingStub stub) {
        history.asks(node, 0);
        RemoveNodeResponse reply = stub.removeNode(RemoveNodeRequest.newBuilder()
                .setNodeId(node)
                .setIncarnation(incarnation)
                .build());
        if (!reply.getStatus().equals("removed")) {
            throw new AssertionError("node " + node + " was not there to be removed: " + reply);
        }
        history.removed(node, at(reply.getRegistryId(), reply.getRevision(), reply.getEpoch()));
        incarnation = 0;
    }

    private void lead(GatewayServiceBlockingStub stub) {
        long term = counter.incrementAndGet();
        UpdateLeaderResponse reply = stub.updateLeader(UpdateLeaderRequest.newBuilder()
                .setLeaderId(node)
                .setIncarnation(incarnation)
                .setTerm(term)
                .build());
        // Refused where somebody was elected in a later term meanwhile, or an operator has reset the epoch.
        if (reply.getStatus().equals("updated")) {
            history.led(node, term, at(reply.getRegistryId(), reply.getRevision(), reply.getEpoch()));
        }
    }

    private void reset(GatewayServiceBlockingStub stub) {
        ResetBootstrapResponse reply = stub.resetBootstrap(ResetBootstrapRequest.newBuilder()
                .setForce(true)
                .setReason("to see whether it is kept")
                .build());
        history.reset(at(reply.getRegistryId(), reply.getRevision(), reply.getEpoch()));
    }

    private static AcknowledgedHistory.Place at(String registryId, long revision, long epoch) {
        return new AcknowledgedHistory.Place(registryId, revision, epoch);
    }
}
