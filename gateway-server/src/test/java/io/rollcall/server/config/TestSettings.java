package io.rollcall.server.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Settings for tests, without a file. */
public final class TestSettings {
    /** What holds where nobody says otherwise; what must be said is not among them. */
    public static final Settings INITIAL = initial();

    private TestSettings() {}

    private static Settings initial() {
        Map<Setting<?>, Object> values = new HashMap<>();
        for (Setting<?> setting : Setting.all()) {
            String text = setting.initial();
            if (text != null) {
                values.put(setting, setting.parse(text, Path.of("").toAbsolutePath()));
            }
        }
        return Settings.of(values);
    }
}
