package io.rollcall.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever stands in a configuration file: it is a configuration, or a list of mistakes. In the normal run only the
 * inputs kept beside are tried; with {@code JAZZER_FUZZ=1} new ones are made.
 */
@Tag("fuzz")
class ConfigFuzzTest {
    @TempDir
    private static Path dir;

    @FuzzTest(maxDuration = "1m")
    void configurations(FuzzedDataProvider data) throws IOException {
        Path file = Files.writeString(dir.resolve("gateway.yaml"), data.consumeRemainingAsAsciiString());
        try {
            GatewayConfig config = ConfigReader.read(file, Map.of());
            assertThat(config.quotas()).hasSameSizeAs(config.identity().namespaces());
            assertThat(config.get(Setting.NODE_TIMEOUT)).isGreaterThan(config.get(Setting.HEARTBEAT_INTERVAL));
        } catch (ConfigException mistakes) {
            assertThat(mistakes.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void durations(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        try {
            assertThat(Durations.parse(Durations.format(Durations.parse(text)))).isEqualTo(Durations.parse(text));
        } catch (IllegalArgumentException mistake) {
            assertThat(mistake.getMessage()).isNotBlank();
        }
    }
}
