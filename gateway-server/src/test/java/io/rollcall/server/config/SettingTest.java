package io.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SettingTest {
    private static final Path README = Path.of("../README.md");
    private static final Pattern ROW_OF_A_QUOTA = Pattern.compile("(?m)^\\| `(quota-[a-z-]+)` \\| ([^|]+) \\|");
    private static final Pattern OPTION = Pattern.compile("`((?:quota|max|audit|jwks|ping)-[a-z-]+[a-z])`");

    @Test
    void readmesTableOfQuotas_isTheirs() throws IOException {
        Map<String, String> table = new LinkedHashMap<>();
        Matcher row = ROW_OF_A_QUOTA.matcher(Files.readString(README));
        while (row.find()) {
            table.put(row.group(1), row.group(2));
        }
        Map<String, String> declared = new LinkedHashMap<>();
        Setting.quotas().forEach(quota -> declared.put(quota.name(), String.valueOf(quota.initial())));
        assertThat(table).containsExactlyInAnyOrderEntriesOf(declared);
    }

    @Test
    void optionsThatReadmeNames_areThere() throws IOException {
        Matcher named = OPTION.matcher(Files.readString(README));
        assertThat(named.results().map(option -> option.group(1)))
                .hasSizeGreaterThan(20)
                .allSatisfy(option -> assertThat(option)
                        .matches(name -> Setting.names().contains(name)
                                || name.equals("jwks-ca")
                                || name.equals("jwks-rsa-algorithm")));
    }

    @Test
    void help_hasEachSetting_withWhatHoldsWhereNobodySaysOtherwise() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            assertThat(Arguments.parse(new String[] {"--help"})).isEmpty();
        } finally {
            System.setOut(before);
        }
        String help = printed.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " ");
        assertThat(Setting.all()).allSatisfy(setting -> {
            assertThat(help).contains("--" + setting.name()).contains(setting.help());
            if (setting.initial() != null && !setting.initial().isEmpty()) {
                assertThat(help).contains(setting.help() + " Default: " + setting.initial() + ".");
            }
        });
    }

    @Test
    void eachSetting_hasANameOfItsOwn_andAnInitialValueThatMightBeSaid() {
        assertThat(Setting.names()).doesNotHaveDuplicates().hasSizeGreaterThan(40);
        assertThat(Setting.all())
                .filteredOn(setting -> setting.initial() == null)
                .extracting(Setting::name)
                .containsExactlyInAnyOrder("certificate", "key", "trust-domain");
        assertThat(TestSettings.INITIAL.get(Setting.DEV)).isFalse(); // all others have been read for it, too
    }

    @Test
    void whatIsTakenWithoutARestart_isThis() {
        assertThat(Setting.all())
                .filteredOn(setting -> setting.isLive() && !setting.isQuota())
                .extracting(Setting::name)
                .containsExactlyInAnyOrder(
                        "dev",
                        "log-level",
                        "certificate",
                        "key",
                        "trust-domain",
                        "audience",
                        "max-token-lifetime",
                        "jwks-refresh",
                        "jwks-outage-tolerance");
        assertThat(Setting.quotas()).hasSize(11).allMatch(Setting::isLive);
    }
}
