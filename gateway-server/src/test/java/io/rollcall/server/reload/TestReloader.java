package io.rollcall.server.reload;

import io.rollcall.server.alarm.Alarm.Subject;
import io.rollcall.server.config.ConfigSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A reloader that looks when a test says so; hears itself what came of each change. */
public final class TestReloader implements AutoCloseable {
    private final Reloader reloader;

    /** @param source as it was when the parts were made of it */
    public TestReloader(ConfigSource source, ReloadReports reports, Reloadable... parts) {
        reloader = new Reloader(source.read(), reports, List.of(parts));
        reloader.watch(source);
    }

    /** Twice: what one look sees, the next one takes. */
    public void look() {
        reloader.look();
        reloader.look();
    }

    /** SIGHUP. */
    public void hangUp() {
        reloader.takeAll();
    }

    @Override
    public void close() {
        reloader.close();
    }

    /** Writes down what came of each change. */
    public static final class Told implements ReloadListener {
        public final List<String> events = new ArrayList<>();

        @Override
        public void taken(Subject what, Map<String, String> hashes) {
            events.add(what.matter() + " taken");
        }

        @Override
        public void refused(Subject what, String why) {
            events.add(what.matter() + " refused: " + why);
        }
    }
}
