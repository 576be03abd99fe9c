package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.rollcall.server.failure.Refusal;
import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.registry.NodeDetails;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/**
 * What nodes write about themselves, and the tokens of pages: refused as a bad field, or taken as it is. In the normal
 * run only the inputs kept beside are tried; with {@code JAZZER_FUZZ=1} new ones are made.
 */
@Tag("fuzz")
class RegistryFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void nodeDetails(FuzzedDataProvider data) {
        String host = data.consumeString(300);
        int port = data.consumeInt();
        List<String> capabilities = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        while (data.remainingBytes() > 0) {
            if (data.consumeBoolean()) {
                capabilities.add(data.consumeString(200));
            } else {
                metadata.put(data.consumeString(200), data.consumeString(1_200));
            }
        }
        try {
            NodeDetails details = NodeFields.details(host, port, capabilities, metadata);
            assertThat(details).isEqualTo(new NodeDetails(details.host(), port, capabilities, metadata));
            assertThat(NodeFields.details(details.host(), port, capabilities, metadata))
                    .isEqualTo(details);
            assertThat(details.metadataBytes()).isLessThanOrEqualTo(NodeFields.MOST_METADATA_BYTES);
            assertThat(port).isBetween(1, 65_535);
            assertThat(details.host()).doesNotContainAnyWhitespaces().doesNotContain("/", "<", "'", "\"", "[", "]");
            assertThat(details.toString().codePoints())
                    .noneMatch(
                            letter -> Character.isISOControl(letter) || Character.getType(letter) == Character.FORMAT);
        } catch (RefusedException refused) {
            assertThat(refused.refusal()).isEqualTo(Refusal.BAD_FIELD);
            assertThat(refused.getMessage()).matches("[a-z_ ]+: .*\\(expected: .*\\)");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void pageTokens(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        try {
            assertThat(PageToken.decode(PageToken.decode(text).encode())).isEqualTo(PageToken.decode(text));
        } catch (RefusedException refused) {
            assertThat(refused.refusal()).isEqualTo(Refusal.BAD_FIELD);
        }
    }
}
