package io.rollcall.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.devcerts.testing.TestClock;
import io.rollcall.server.alarm.Alarm;
import io.rollcall.server.alarm.Alarms;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.testing.HeardAtTheGate;
import io.rollcall.server.testing.KeySets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Planted bugs: told with every fetch; an alarm that stays when the keys are good again. */
class KeySetReportTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final String SECRET = "{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"AAAA\"}";
    private static final String UNKNOWN = "{\"kty\":\"AKP\",\"kid\":\"pq\"}";

    private final HeardAtTheGate heard = new HeardAtTheGate();
    private final Alarms alarms = new Alarms(new TestClock(Instant.EPOCH), whose -> {});
    private final KeySetReport report = new KeySetReport(alarms, heard);

    private static TokenKeys read(String json) {
        return new KeySetReader("RS256").parse("here", json);
    }

    private static TokenKeys only(String key) {
        return read("{\"keys\":[" + key + "]}");
    }

    private static TokenKeys with(String key) {
        return read(KeySets.spireDiscovery().json().replace("\"keys\":[", "\"keys\":[" + key + ","));
    }

    @Test
    void whatIsPassedOver_isToldOnce_andAgainWhenItIsOthers() {
        report.tell(ALPHA, with(UNKNOWN));
        report.tell(ALPHA, with(UNKNOWN));
        report.tell(ALPHA, read(KeySets.keycloak().json()));

        assertThat(heard.events())
                .containsExactly(
                        "alpha uses 2 keys, not 1: [key 'pq': kty 'AKP' (expected EC or RSA)]",
                        "alpha uses 1 keys, not 1: [key 'k-enc': use 'enc']");
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void aSetWithoutAKeyToUse_isAnAlarm_butAnEmptyOneIsNot() {
        report.tell(ALPHA, read("{\"keys\":[]}"));
        assertThat(alarms.all()).isEmpty();
        assertThat(heard.events()).isEmpty();

        report.tell(ALPHA, only(UNKNOWN));
        assertThat(alarms.all()).extracting(Alarm::what).containsExactly("no key of its key set can be used");

        report.tell(ALPHA, with(UNKNOWN));
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void aSecretKey_isAnAlarm_untilItIsGone() {
        report.tell(ALPHA, with(SECRET));
        assertThat(alarms.all()).extracting(Alarm::what).containsExactly("its key set publishes a secret key");

        report.tell(ALPHA, read(KeySets.spireDiscovery().json()));
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void ofANamespaceThatIsServedNoMore_nothingStays() {
        report.tell(ALPHA, only(UNKNOWN));
        report.forget(ALPHA);
        assertThat(alarms.all()).isEmpty();

        report.tell(ALPHA, only(UNKNOWN));
        assertThat(heard.events()).hasSize(2);
    }
}
