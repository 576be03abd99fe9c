package io.rollcall.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.registry.Branches.Branch;
import java.util.List;
import org.junit.jupiter.api.Test;

class BranchesTest {
    private static final Branches THREE =
            Branches.of(List.of(new Branch(0x7a, 1), new Branch(0x1c, 58), new Branch(0xe0, 91)));

    @Test
    void aStart_makesABranch_withItsFirstChange_andOnlyThen() {
        Branches started = Branches.none().startedAs(7);
        assertThat(started.oldestFirst()).isEmpty();
        assertThat(started.of(0)).as("an empty namespace tells this start's").isEqualTo(7);
        Branches changed = started.with(1).with(2).startedAs(8);
        assertThat(changed.of(2)).as("what was told stays true").isEqualTo(7);
        assertThat(changed.with(3).with(4).oldestFirst()).containsExactly(new Branch(7, 1), new Branch(8, 3));
    }

    @Test
    void aRevision_isOnTheBranchesThatReachIt() {
        assertThat(List.of(THREE.of(1), THREE.of(57), THREE.of(58), THREE.of(90), THREE.of(99)))
                .containsExactly(0x7aL, 0x7aL, 0x1cL, 0x1cL, 0xe0L);
        assertThat(THREE.has(0x7a, 57)).isTrue();
        assertThat(THREE.has(0x7a, 58))
                .as("lost: it was made again under the next")
                .isFalse();
        assertThat(THREE.has(0x1c, 57)).as("what was before is on each").isTrue();
        assertThat(THREE.has(0xe0, 1_000)).isTrue();
        assertThat(THREE.has(0x44, 1)).as("nobody's").isFalse();
        assertThat(THREE.has(0x44, 0)).as("nothing is the same everywhere").isTrue();
    }

    @Test
    void branchesOfRevisionsThatAreHeldNoMore_areDropped() {
        long held = RegistryStore.HELD_ENTRIES;
        assertThat(THREE.startedAs(1).with(57 + held).oldestFirst()).hasSize(4);
        assertThat(THREE.startedAs(1).with(58 + held).oldestFirst())
                .as("57 is not held after 58 + held")
                .extracting(Branch::number)
                .containsExactly(0x1cL, 0xe0L, 1L);
        assertThat(THREE.startedAs(1).with(1_000_000).oldestFirst())
                .as("the latest reaches up to here")
                .containsExactly(new Branch(0xe0, 91), new Branch(1, 1_000_000));
    }
}
