package io.rollcall.demo;

import io.rollcall.client.CredentialsException;
import io.rollcall.client.GatewayClient;
import io.rollcall.client.GatewayClientBuilder;
import io.rollcall.client.GatewayException;
import io.rollcall.client.LeaderReport;
import io.rollcall.client.Leadership;
import io.rollcall.client.NodeCredentials;
import io.rollcall.client.NodeDescription;
import io.rollcall.client.NodeSession;
import io.rollcall.client.Registration;
import io.rollcall.client.SessionListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One node as a process: registers, stays, and takes part in a toy {@link Election}. */
@Command(
        name = "demo-node",
        mixinStandardHelpOptions = true,
        description = "A node that registers with the gateway and takes part in a toy election.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ended in good order",
            "1:refused by the gateway, or it was away for too long",
            "2:wrong usage or credentials",
            "3:another process registered as this node, or it was removed"
        })
public final class DemoNode implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(DemoNode.class);
    private static final int OVER = 3;

    @Option(
            names = "--target",
            split = ",",
            defaultValue = "localhost:8090",
            description = "the gateway's addresses (${DEFAULT-VALUE})")
    private List<String> targets = List.of();

    @Option(names = "--certs", required = true, description = "cert.pem, key.pem and token.jwt: DIR/<ns>/node-<id>")
    private Path certs = Path.of("");

    @Option(names = "--ca", description = "the CA that vouches for the gateway (ca.pem, or ../../gateway/ca.pem)")
    private @Nullable Path ca;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "where others reach it (${DEFAULT-VALUE})")
    private String host = "";

    @Option(names = "--port", required = true, description = "where others reach it; nothing listens there")
    private int port;

    @Option(names = "--stop-with-stdin", description = "leave when standard input ends, as it does when a parent dies")
    private boolean stopWithStdin;

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile String me = "";

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DemoNode()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        try (GatewayClient client = client()) {
            int id = client.nodeId()
                    .orElseThrow(() -> new IllegalArgumentException(certs + " is an operator's (expected: a node's)"));
            me = client.namespace() + "/" + id;
            Thread leaving = new Thread(client::close, "leave");
            Runtime.getRuntime().addShutdownHook(leaving);
            if (stopWithStdin) {
                ParentWatch.leaveWhenItEnds(System.in, () -> System.exit(0));
            }
            NodeDescription node = NodeDescription.of(host, port)
                    .capabilities("raft", "demo")
                    .metadata(
                            Map.of("pid", Long.toString(ProcessHandle.current().pid())));
            NodeSession session = client.register(node, new Narrator());
            takePart(client, session, new Election(id));
            return OVER;
        } catch (GatewayException e) {
            say("gives up: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        } catch (CredentialsException | IllegalArgumentException e) {
            say(String.valueOf(e.getMessage()));
            return CommandLine.ExitCode.USAGE;
        }
    }

    private GatewayClient client() {
        GatewayClientBuilder builder = GatewayClient.builder().targets(targets);
        return builder.credentials(
                        ca == null ? NodeCredentials.fromDirectory(certs) : NodeCredentials.fromDirectory(certs, ca))
                .build();
    }

    /** Looks twice in a heartbeat interval, until the session is over. */
    private void takePart(GatewayClient client, NodeSession session, Election election) throws InterruptedException {
        Duration look = session.registration().heartbeatInterval().dividedBy(2);
        Duration pause = look;
        while (!over.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            pause = look;
            try {
                Leadership now = client.leader();
                if (election.shouldClaim(now, client.nodes().nodes(), session.isBootstrap())) {
                    claim(session, now.term() + 1);
                } else if (now.leader().isPresent()) {
                    session.joined();
                }
            } catch (GatewayException e) {
                // The session's listener tells of outages, in plain words and once; the next look comes.
                log.debug("{} could not look at the namespace", me, e);
                pause = e.retryAfter()
                        .filter(asked -> asked.compareTo(look) > 0)
                        .orElse(look);
            }
        }
    }

    private void claim(NodeSession session, long term) {
        LeaderReport report = session.reportLeader(session.nodeId(), OptionalLong.of(term));
        say(report.accepted() ? "leads, term " + term : "was too late to lead in term " + term);
    }

    private void say(String what) {
        System.out.println((me.isEmpty() ? certs.toString() : me) + ": " + what);
    }

    /** Tells on standard output what becomes of the session. */
    private final class Narrator implements SessionListener {
        @Override
        public void registered(Registration now) {
            say("registered in epoch " + now.epoch()
                    + (now.bootstrap()
                            ? ", founds the cluster"
                            : ", joins " + now.members().size() + " others"));
        }

        @Override
        public void outage(GatewayException why) {
            say("has trouble with the gateway and keeps trying: " + why.getMessage());
        }

        @Override
        public void recovered() {
            say("is heard by the gateway again");
        }

        @Override
        public void replaced() {
            say("was replaced by another process, ends");
            over.countDown();
        }

        @Override
        public void removed() {
            say("was removed, ends");
            over.countDown();
        }
    }
}
