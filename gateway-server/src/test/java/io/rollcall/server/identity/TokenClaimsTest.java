package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.Payload;
import io.rollcall.server.failure.RefusedException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted bugs: seconds as whole numbers; a range that the product of a multiplication leaves. */
class TokenClaimsTest {
    private static TokenClaims claims(String json) {
        return TokenClaims.of(new Payload(json));
    }

    @ParameterizedTest
    @CsvSource({
        "1700000000, 2023-11-14T22:13:20Z",
        "1700000000.9, 2023-11-14T22:13:20.900Z",
        "1700000000.123, 2023-11-14T22:13:20.123Z",
        "1.7e9, 2023-11-14T22:13:20Z",
        "17E8, 2023-11-14T22:13:20Z",
        "0, 1970-01-01T00:00:00Z",
        "-1.5, 1969-12-31T23:59:58.500Z",
        "1e-300, 1970-01-01T00:00:00Z",
        "253402300799, 9999-12-31T23:59:59Z"
    })
    void aNumericDate_isReadToTheMillisecond(String number, Instant time) {
        assertThat(claims("{\"exp\":" + number + "}").time("exp")).isEqualTo(time);
    }

    /** The library takes the largest long for a second before 1970, and 9e18 for the year 63726197. */
    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775807", "9e18", "-9e18", "253402300800", "1e308"})
    void aNumericDateBeyondAllCalendars_isMalformed(String number) {
        TokenClaims claims = claims("{\"exp\":" + number + "}");

        assertThatThrownBy(() -> claims.time("exp"))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("token: claim exp '")
                .hasMessageEndingWith("' (expected: seconds since 1970, up to the year 9999)");
    }

    @Test
    void aClaimOfAnotherType_isToldWithWhatWasExpected() {
        TokenClaims claims = claims("{\"sub\":7,\"exp\":\"1\",\"iat\":true,\"aud\":[1],\"cnf\":[],\"iss\":{}}");

        assertThatThrownBy(() -> claims.text("sub")).hasMessage("token: claim sub is a number (expected: text)");
        assertThatThrownBy(() -> claims.text("iss")).hasMessage("token: claim iss is an object (expected: text)");
        assertThatThrownBy(() -> claims.time("exp"))
                .hasMessage("token: claim exp is text (expected: a number of seconds since 1970)");
        assertThatThrownBy(() -> claims.time("iat")).hasMessageContaining("iat is true or false");
        assertThatThrownBy(() -> claims.requiredTexts("aud"))
                .hasMessage("token: claim aud is a list (expected: text, or a list of texts)");
        assertThatThrownBy(() -> claims.object("cnf")).hasMessage("token: claim cnf is a list (expected: an object)");
    }

    @Test
    void whatIsNotThere_isNull_orMissing() {
        TokenClaims claims = claims("{\"iss\":null}");

        assertThat(claims.text("iss")).isNull();
        assertThat(claims.time("iat")).isNull();
        assertThat(claims.object("cnf")).isNull();
        assertThatThrownBy(() -> claims.requiredText("iss")).hasMessage("token: claim iss is missing");
        assertThatThrownBy(() -> claims.requiredTime("exp")).hasMessage("token: claim exp is missing");
        assertThatThrownBy(() -> claims.requiredTexts("aud")).hasMessage("token: claim aud is missing");
    }

    @Test
    void anAudience_isOneText_orAList() {
        assertThat(claims("{\"aud\":\"a\"}").requiredTexts("aud")).containsExactly("a");
        assertThat(claims("{\"aud\":[\"a\",\"b\"]}").requiredTexts("aud")).containsExactly("a", "b");
    }

    @Test
    void aQuotedValue_isCut_andHoldsNothingThatDeceives() {
        assertThat(Quoted.of("https://issuer.example/ä")).isEqualTo("'https://issuer.example/ä'");
        assertThat(Quoted.of("a\0b\r\nc\u001b[2Jd\u202Ee\uFEFFf\uD800g\u2028h")).isEqualTo("'a?b??c?[2Jd?e?f?g?h'");
        assertThat(Quoted.of("x".repeat(100))).isEqualTo("'" + "x".repeat(100) + "'");
        assertThat(Quoted.of("\uD83D\uDE00".repeat(101))).isEqualTo("'" + "\uD83D\uDE00".repeat(100) + "…'");
    }
}
