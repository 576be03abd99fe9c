package io.rollcall.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses the command line: {@code --config FILE}, and an option for each {@link Setting}. */
public final class Arguments {
    private static final String CONFIG = "--config";

    private Arguments() {}

    /**
     * @return where the configuration is; empty if only help was requested, which is then printed
     * @throws ConfigException if anything is wrong on the command line
     */
    public static Optional<ConfigSource> parse(String[] arguments) {
        CommandLine commandLine = new CommandLine(spec()).setOverwrittenOptionsAllowed(true);
        try {
            ParseResult parsed = commandLine.parseArgs(arguments);
            if (CommandLine.printHelpIfRequested(parsed)) {
                return Optional.empty();
            }
            Map<String, String> options = new TreeMap<>();
            for (Setting<?> setting : Setting.all()) {
                String value = parsed.matchedOptionValue("--" + setting.name(), null);
                if (value != null) {
                    options.put(setting.name(), value);
                }
            }
            Path file = parsed.matchedOptionValue(CONFIG, null);
            return Optional.of(new ConfigSource(file, options));
        } catch (UnmatchedArgumentException e) {
            throw new ConfigException(e.getUnmatched().stream()
                    .map(unknown -> unknown + ": unknown option" + NearestName.hint(unknown, optionNames()))
                    .toList());
        } catch (ParameterException e) {
            throw new ConfigException(List.of(e.getMessage()));
        }
    }

    private static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create()
                .name("gateway")
                .version(Version.current())
                .addOption(OptionSpec.builder(CONFIG)
                        .type(Path.class)
                        .converters(Arguments::path)
                        .paramLabel("FILE")
                        .description("A YAML file with the same names as keys; options override it.")
                        .build())
                .mixinStandardHelpOptions(true);
        spec.usageMessage().description("Rollcall: a secured multi-tenant gateway for node discovery.");
        for (Setting<?> setting : Setting.all()) {
            spec.addOption(option(setting));
        }
        return spec;
    }

    private static Path path(String text) {
        try {
            return UserPath.of(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' (" + e.getMessage() + ")");
        }
    }

    private static OptionSpec option(Setting<?> setting) {
        String initial = setting.initial();
        String shown = initial == null || initial.isEmpty() ? "" : " Default: " + initial + ".";
        return OptionSpec.builder("--" + setting.name())
                .type(String.class)
                .paramLabel(setting.name().toUpperCase(Locale.ROOT))
                .arity(setting.isFlag() ? "0..1" : "1")
                .fallbackValue(setting.isFlag() ? "true" : "")
                .description(setting.help() + shown)
                .build();
    }

    private static List<String> optionNames() {
        return Setting.all().stream().map(setting -> "--" + setting.name()).toList();
    }
}
