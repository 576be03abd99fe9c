package io.rollcall.server.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Planted bug: never over. */
class OpenFilesAlarmTest {
    private static final int MOST = 100;
    private static final IOException RAN_OUT = new FileSystemException("gateway.yaml", null, "Too many open files");

    private final Alarms alarms = new Alarms(Clock.systemUTC(), whose -> {});
    private final AtomicLong open = new AtomicLong(MOST);
    private final OpenFilesAlarm alarm = new OpenFilesAlarm(alarms, open::get, MOST);

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            alarm.look();
        }
    }

    @Test
    void howeverOften_itIsOneAlarm_untilThereIsRoomForAWhile() {
        for (int i = 0; i < 5; i++) {
            assertThat(OpenFilesAlarm.raiseIfRanOut(alarms, new IllegalArgumentException("bad", RAN_OUT)))
                    .isTrue();
        }
        assertThat(alarms.all()).hasSize(1);
        open.set(MOST - OpenFilesAlarm.ROOM + 1);
        look(10);
        assertThat(alarms.all()).as("nearly full").hasSize(1);
        open.set(MOST - OpenFilesAlarm.ROOM);
        look(OpenFilesAlarm.LOOKS - 1);
        assertThat(alarms.all()).hasSize(1);
        open.set(MOST);
        look(1);
        open.set(0);
        look(OpenFilesAlarm.LOOKS - 1);
        assertThat(alarms.all()).as("full once more meanwhile").hasSize(1);
        look(1);
        assertThat(alarms.all()).isEmpty();
    }

    @Test
    void anythingElse_isNot() {
        assertThat(OpenFilesAlarm.raiseIfRanOut(alarms, new NoSuchFileException("gateway.yaml")))
                .isFalse();
        assertThat(OpenFilesAlarm.raiseIfRanOut(alarms, new IOException("Permission denied")))
                .isFalse();
        assertThat(OpenFilesAlarm.raiseIfSaid(alarms, new IllegalStateException()))
                .isFalse();
        look(1);
        assertThat(alarms.all()).isEmpty();
    }
}
