package io.rollcall.server.config;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The values of a set of {@link Setting}s. Immutable; any thread. */
public final class Settings {
    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = Map.copyOf(values);
    }

    /** @param values each of its setting's type */
    static Settings of(Map<Setting<?>, Object> values) {
        return new Settings(values);
    }

    /** @throws IllegalArgumentException if there is none; the reader has checked required values before */
    @SuppressWarnings("unchecked") // each was put there with its setting
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException(setting + ": no value here");
        }
        return (T) value;
    }

    /** Returns these settings with one value replaced. */
    public <T> Settings with(Setting<T> setting, T value) {
        Map<Setting<?>, Object> changed = new HashMap<>(values);
        changed.put(setting, value);
        return new Settings(changed);
    }

    /** Returns the quotas among these settings. */
    Settings quotas() {
        return only(Setting::isQuota);
    }

    private Settings only(Predicate<Setting<?>> which) {
        return new Settings(values.entrySet().stream()
                .filter(value -> which.test(value.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** Whether all settings of this kind of change have the same values in both. */
    boolean isSame(Setting.Change change, Settings other) {
        return only(setting -> setting.change() == change).equals(other.only(setting -> setting.change() == change));
    }

    boolean isSame(Setting<?> setting, Settings other) {
        return only(one -> one == setting).equals(other.only(one -> one == setting));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Settings settings && values.equals(settings.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
