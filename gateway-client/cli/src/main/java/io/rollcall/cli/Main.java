package io.rollcall.cli;

import io.rollcall.client.CredentialsException;
import io.rollcall.client.GatewayException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/** {@code scripts/rollcall}: what a node or an operator asks of a gateway, from a shell. */
@Command(
        name = "rollcall",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Asks a Rollcall gateway about a namespace, as the node or operator of the credentials.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the gateway refused the call",
            "2:bad arguments",
            "3:no gateway was reached",
            "4:the credentials cannot be used, or were refused",
            "5:there is no such node, or no leader is known",
            "6:doctor found something to mend",
            "70:a defect of this program"
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  ROLLCALL_TARGET, ROLLCALL_CREDENTIALS, ROLLCALL_SERVER_NAME   defaults of --target, --credentials and"
                    + " --server-name",
        })
public final class Main {
    /** By name, in the order of the help. */
    private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("join", JoinCommand::new);
        COMMANDS.put("nodes", NodesCommand::new);
        COMMANDS.put("leader", LeaderCommand::new);
        COMMANDS.put("watch", WatchCommand::new);
        COMMANDS.put("stats", StatsCommand::new);
        COMMANDS.put("remove", RemoveCommand::new);
        COMMANDS.put("reset-bootstrap", ResetBootstrapCommand::new);
        COMMANDS.put("report-leader", ReportLeaderCommand::new);
        COMMANDS.put("doctor", DoctorCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
    }

    private Main() {}

    /** Runs and exits. */
    public static void main(String... args) {
        System.exit(run(commandLine(args), args));
    }

    static int run(CommandLine line, String... args) {
        try {
            return line.execute(args);
        } catch (RuntimeException | Error e) { // picocli catches only exceptions
            return refuse(line, "a defect: " + e, ExitCode.DEFECT);
        }
    }

    /**
     * Makes only the command that is named, if one is: reading the options of all is most of what a short command takes.
     */
    static CommandLine commandLine(String... args) {
        CommandLine line = new CommandLine(new Main());
        String first = args.length == 0 ? "" : args[0];
        boolean isOne = COMMANDS.containsKey(first) && !first.equals("completion");
        boolean isNone = first.equals("--version") || first.equals("-V");
        COMMANDS.forEach((name, command) -> {
            if (isOne ? name.equals(first) : !isNone) {
                line.addSubcommand(command.get());
            }
        });
        return line.setUsageHelpAutoWidth(true)
                .registerConverter(Path.class, Main::path)
                .setParameterExceptionHandler((problem, parsed) -> refuse(
                        problem.getCommandLine(), problem.getMessage() + " (--help shows all options)", ExitCode.USAGE))
                .setExecutionExceptionHandler((problem, failed, parsed) -> failed(failed, problem));
    }

    private static int failed(CommandLine line, Exception problem) {
        if (problem instanceof GatewayException e) {
            return refuse(line, String.valueOf(e.getMessage()), ExitCode.of(e));
        }
        if (problem instanceof CredentialsException e) {
            return refuse(line, String.valueOf(e.getMessage()), ExitCode.CREDENTIALS);
        }
        if (problem instanceof IllegalArgumentException || problem instanceof IllegalStateException) {
            return refuse(line, String.valueOf(problem.getMessage()), ExitCode.USAGE);
        }
        return refuse(line, "a defect: " + problem, ExitCode.DEFECT);
    }

    private static int refuse(CommandLine line, String why, int code) {
        PrintWriter err = line.getErr();
        err.println("rollcall: " + why);
        err.flush();
        return code;
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + text + "' is no path: " + e.getReason());
        }
    }
}
