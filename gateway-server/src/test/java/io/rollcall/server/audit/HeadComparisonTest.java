package io.rollcall.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.config.Setting;
import io.rollcall.server.config.Settings;
import io.rollcall.server.config.TestSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the log was at the start, beside the head that the store has kept.
 *
 * <p>Planted bugs: one line behind passes; hashes not compared.
 */
class HeadComparisonTest {
    private static final Settings SMALL =
            TestSettings.INITIAL.with(Setting.AUDIT_FILE_SIZE, 600L).with(Setting.AUDIT_MAX_SIZE, 24_000L);

    @TempDir
    private Path temp;

    private LogDirectory directory;
    private ChainHead end;

    @BeforeEach
    void begin() throws Exception {
        directory = new LogDirectory(temp.resolve("audit"));
        end = directory.write(SMALL, "a", "b", "c", "d", "e", "f");
        assertThat(directory.files()).hasSizeGreaterThan(2);
    }

    private Optional<String> compare(String kept) throws Exception {
        return new HeadComparison(new AuditFiles(directory.path), end).with(kept);
    }

    @Test
    void theLogMayBeAhead_inWhateverFile_butNeverBehind() throws Exception {
        assertThat(compare(end.toString())).isEmpty();
        for (long file = 1; file <= directory.files().size(); file++) {
            for (String line : directory.lines(file)) {
                assertThat(compare(AuditLine.read(line).orElseThrow().head().toString()))
                        .isEmpty();
            }
        }
        assertThat(compare(new ChainHead(end.seq() + 1, end.hash()).toString()))
                .hasValue("it ended with line " + end.seq() + " at the start, but the store knows of a line "
                        + (end.seq() + 1));
    }

    @Test
    void anotherLineInItsPlace_isTold_inWhateverFile() throws Exception {
        for (long seq = 1; seq <= end.seq(); seq++) {
            assertThat(compare(new ChainHead(seq, "ab".repeat(32)).toString()))
                    .hasValue("its line " + seq + " is not the one that the store knows of");
        }
    }

    @Test
    void withoutAHead_thereIsNothingToCompare_andOneThatCannotBeReadIsTold() throws Exception {
        assertThat(compare("")).isEmpty();
        assertThat(compare("17:abc")).hasValue("the head that the store has kept cannot be read: 17:abc");
    }

    @Test
    void aLineThatIsSortedMeanwhile_isTakenAsItIs() throws Exception {
        AuditLine first = AuditLine.read(directory.lines(1).get(0)).orElseThrow();
        List<Path> files = directory.files();
        java.nio.file.Files.delete(files.get(0));
        assertThat(compare(first.head().toString())).isEmpty();
    }
}
