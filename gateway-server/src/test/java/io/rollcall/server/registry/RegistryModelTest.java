package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.namespace.Incarnation;
import io.rollcall.server.namespace.NodeId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random commands against {@link RegistryModel}, with {@link RegistryInvariants} looking on: after every step the reply
 * and the whole state are the model's, every promise holds, and states of long ago are what they were.
 *
 * <p>A failure tells the run's seed: {@code -Drollcall.seed=…} repeats that run alone. {@code -Drollcall.commands=…}
 * says how many commands are tried, {@value #COMMANDS} if not.
 *
 * <p>Shown to find: a grant that ignores confirmation, that passes on in the same
 * epoch or while its holder lives; a report that does not confirm; a founder's retry told to join; a term compared by
 * ≥; a second claimant of a term accepted; a report without a term accepted after one with; a leader kept when its node
 * registers anew, is removed or expires; an ended incarnation accepted again, also where only the newest is remembered;
 * a verdict on an ended session that hits its successor; a lease ended though its node stays live; a suspected count
 * not decreased; a revision left out.
 */
class RegistryModelTest {
    private static final int COMMANDS = 150_000;
    private static final int SHOWN_ON_FAILURE = 25;

    @Test
    void theRegistry_keepsItsPromises_whateverIsAskedInWhicheverOrder() {
        Long seed = Long.getLong("rollcall.seed");
        if (seed != null) {
            new Run(seed).go();
            return;
        }
        Random seeds = new Random();
        int commands = Integer.getInteger("rollcall.commands", COMMANDS);
        for (int done = 0; done < commands; ) {
            done += new Run(seeds.nextLong()).go();
        }
    }

    /** From an empty namespace: mostly a few commands, as founding is soon over, sometimes thousands. */
    private static final class Run {
        private final long seed;
        private final int length;
        private final RegistryModel model = new RegistryModel();
        private final Map<RegistryModel.Session, Incarnation> names = new HashMap<>();
        private final RandomCommands commands;
        private final DecidedNamespace server = new DecidedNamespace();
        private final RegistryInvariants invariants = new RegistryInvariants();
        private final Map<NamespaceState, String> old = new LinkedHashMap<>();
        private final Deque<String> last = new ArrayDeque<>();

        Run(long seed) {
            this.seed = seed;
            Random random = new Random(seed);
            this.length = random.nextInt(400) == 0 ? 5000 : 10 + random.nextInt(30);
            this.commands = new RandomCommands(random, 1 + random.nextInt(5), model, names);
        }

        int go() {
            try {
                for (int now = 1; now <= length; now++) {
                    step(now);
                }
                theOldStates_areWhatTheyWere();
                theHistory_replaysToTheState();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        e.getMessage() + "\nrepeat with -Drollcall.seed=" + seed + "; the last commands:\n"
                                + String.join("\n", last),
                        e);
            }
            return length;
        }

        private void step(int now) {
            ModelCommand command = commands.next();
            remember(now + ": " + command);
            NamespaceState before = server.state();
            int known = server.history().size();
            String viewBefore = model.view();

            String reply = command.ask(server, now);
            remember("   " + reply);
            assertThat(reply).as("reply").isEqualTo(command.ask(model, now));
            NamespaceState after = server.state();
            String view = model.view();
            if (!RegistryView.of(after).equals(view)) {
                assertThat(RegistryView.of(after)).as("state").isEqualTo(view);
            }
            if (view.equals(viewBefore) && !reply.startsWith("registered")) {
                assertThat(after.revision()).as("revision, of no change").isEqualTo(before.revision());
            }
            nameTheSession(command, reply);
            invariants.check(
                    command,
                    reply,
                    before,
                    after,
                    server.history().subList(known, server.history().size()));
            if (now % 7 == 0 && old.size() < 100) {
                old.put(after, after.toString());
            }
        }

        private void nameTheSession(ModelCommand command, String reply) {
            if (command instanceof ModelCommand.Register register && reply.startsWith("registered")) {
                Incarnation named = server.state()
                        .node(NodeId.of(register.node()))
                        .orElseThrow()
                        .session()
                        .incarnation();
                assertThat(named.isNamedBy(register.incarnation())).isTrue();
                if (named.implicit()) {
                    assertThat(names).as("implicit sessions are all different").doesNotContainValue(named);
                }
                names.put(model.entries.get(register.node()).session, named);
            }
        }

        private void theOldStates_areWhatTheyWere() {
            old.forEach((state, photograph) -> {
                if (!state.toString().equals(photograph)) {
                    assertThat(state).as("an old state").hasToString(photograph);
                }
            });
        }

        private void theHistory_replaysToTheState() {
            NamespaceState replayed = NamespaceState.empty(DecidedNamespace.NOW);
            for (Change change : server.history()) {
                replayed = change.applyTo(replayed);
                String photograph = old.get(replayed);
                assertThat(photograph == null || photograph.equals(replayed.toString()))
                        .isTrue();
            }
            assertThat(replayed).isEqualTo(server.state());
        }

        private void remember(String line) {
            last.add(line);
            if (last.size() > 2 * SHOWN_ON_FAILURE) {
                last.remove();
            }
        }
    }
}
