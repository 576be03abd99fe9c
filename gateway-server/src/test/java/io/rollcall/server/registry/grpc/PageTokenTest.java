package io.rollcall.server.registry.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rollcall.server.failure.RefusedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A token is read as it was written; what no page can have ended with is none. */
class PageTokenTest {
    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1", "2147483647, 9223372036854775807"})
    void aToken_isReadAsItWasWritten(int lastId, long firstRevision) {
        PageToken token = new PageToken(lastId, firstRevision);
        assertThat(PageToken.decode(token.encode())).isEqualTo(token);
    }

    @ParameterizedTest
    @CsvSource({"0, 7", "-1, 7", "1, -1"})
    void whatNoPageEndedWith_isRefused(int lastId, long firstRevision) {
        String text = new PageToken(lastId, firstRevision).encode();
        assertThatThrownBy(() -> PageToken.decode(text))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("page_token: ");
    }
}
