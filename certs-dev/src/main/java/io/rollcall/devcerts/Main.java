package io.rollcall.devcerts;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code scripts/dev-certs}. Exits with 0, with 1 if a file cannot be used, with 2 for bad arguments. */
@Command(
        name = "dev-certs",
        description = "Makes development certificates and tokens in DIR. Run again, it adds what is missing and renews"
                + " what ends within a day.")
public final class Main implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int BAD_ARGUMENTS = 2;
    private static final List<NodeRange> DEFAULT = List.of(NodeRange.of("alpha", 1, 5), NodeRange.of("beta", 1, 5));

    private final Clock clock;

    @Parameters(paramLabel = "DIR", description = "The directory; created if missing.")
    private Path dir = Path.of("");

    @Option(
            names = "--namespace",
            paramLabel = "NAME:FIRST-LAST",
            description = "Nodes of a namespace; may be given again. Default: alpha:1-5 and beta:1-5. Other files"
                    + " in DIR are kept.")
    private List<NodeRange> namespaces = new ArrayList<>();

    @Spec
    private CommandSpec command = CommandSpec.create();

    private Main(Clock clock) {
        this.clock = clock;
    }

    /** Runs and exits, also on any exception. */
    public static void main(String... args) {
        System.exit(run(commandLine(Clock.systemUTC()), args));
    }

    static int run(CommandLine line, String... args) {
        try {
            return line.execute(args);
        } catch (RuntimeException | Error e) { // picocli catches only exceptions
            return refuse(line, unexpected(e), FAILED);
        }
    }

    static CommandLine commandLine(Clock clock) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(new Main(clock));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this help.")
                .build());
        return new CommandLine(spec)
                .registerConverter(NodeRange.class, Main::range)
                .registerConverter(Path.class, Main::path)
                .setParameterExceptionHandler((problem, args) -> {
                    return refuse(
                            problem.getCommandLine(),
                            problem.getMessage() + " (--help shows all options)",
                            BAD_ARGUMENTS);
                })
                .setExecutionExceptionHandler((problem, line, parsed) -> {
                    if (problem instanceof IllegalArgumentException) {
                        return refuse(line, String.valueOf(problem.getMessage()), BAD_ARGUMENTS);
                    }
                    if (problem instanceof DevCertsException) {
                        return refuse(line, String.valueOf(problem.getMessage()), FAILED);
                    }
                    return refuse(line, unexpected(problem), FAILED);
                });
    }

    @Override
    public Integer call() {
        DevCerts certs = DevCerts.in(dir, clock);
        List<Path> written = certs.issue(namespaces.isEmpty() ? DEFAULT : namespaces);
        PrintWriter out = command.commandLine().getOut();
        out.println(
                written.isEmpty()
                        ? "Nothing to do: everything in " + certs.dir() + " lives longer than a day."
                        : "Wrote " + written.size() + (written.size() == 1 ? " file in " : " files in ") + certs.dir()
                                + ".");
        out.println("Namespaces: "
                + certs.namespaces().stream()
                        .map(name -> name + " (nodes: " + certs.nodes(name) + ")")
                        .collect(Collectors.joining(", ")));
        out.println("Configuration: " + certs.configuration());
        return 0;
    }

    private static NodeRange range(String text) {
        try {
            return NodeRange.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + text + "' cannot be a file's name in the locale's encoding, "
                    + System.getProperty("sun.jnu.encoding") + "; run it with LC_ALL=C.UTF-8");
        }
    }

    /** Describes a defect or a missing part in one line, without a stack trace. */
    private static String unexpected(Throwable thrown) {
        String where = thrown.getStackTrace().length == 0 ? "" : " at " + thrown.getStackTrace()[0];
        return ("unexpected " + thrown + where
                        + "; this is a defect of the program or its installation, please report it")
                .replaceAll("[\\r\\n]+", " | ");
    }

    private static int refuse(CommandLine line, String sentence, int code) {
        line.getErr().println("dev-certs: " + sentence);
        return code;
    }
}
