package io.rollcall.server.config;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The values of a set of {@link Setting}s. Immutable; any thread. Each call reads some, so a look-up is an array access. */
public final class Settings {
    /** By {@link Setting#index}; null: no value. */
    private final @Nullable Object[] values;

    private Settings(@Nullable Object[] values) {
        this.values = values;
    }

    /** @param values each of its setting's type */
    static Settings of(Map<Setting<?>, Object> values) {
        @Nullable Object[] byIndex = new @Nullable Object[Setting.all().size()];
        values.forEach((setting, value) -> byIndex[setting.index()] = value);
        return new Settings(byIndex);
    }

    /** @throws IllegalArgumentException if there is none; the reader has checked required values before */
    @SuppressWarnings("unchecked") // each was put there with its setting
    public <T> T get(Setting<T> setting) {
        Object value = values[setting.index()];
        if (value == null) {
            throw new IllegalArgumentException(setting + ": no value here");
        }
        return (T) value;
    }

    /** Returns these settings with one value replaced. */
    public <T> Settings with(Setting<T> setting, T value) {
        @Nullable Object[] changed = values.clone();
        changed[setting.index()] = value;
        return new Settings(changed);
    }

    /** Returns the quotas among these settings. */
    Settings quotas() {
        return only(Setting::isQuota);
    }

    private Settings only(Predicate<Setting<?>> which) {
        @Nullable Object[] some = values.clone();
        for (Setting<?> setting : Setting.all()) {
            if (!which.test(setting)) {
                some[setting.index()] = null;
            }
        }
        return new Settings(some);
    }

    /** Whether all settings of this kind of change have the same values in both. */
    boolean isSame(Setting.Change change, Settings other) {
        return only(setting -> setting.change() == change).equals(other.only(setting -> setting.change() == change));
    }

    boolean isSame(Setting<?> setting, Settings other) {
        return Objects.equals(values[setting.index()], other.values[setting.index()]);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Settings settings && Arrays.equals(values, settings.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Setting.all().stream()
                .filter(setting -> values[setting.index()] != null)
                .map(setting -> setting + "=" + values[setting.index()])
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
