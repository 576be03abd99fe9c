package io.rollcall.cli;

import io.rollcall.client.CredentialsException;
import io.rollcall.client.GatewayException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
        },
        subcommands = {
            JoinCommand.class,
            NodesCommand.class,
            LeaderCommand.class,
            WatchCommand.class,
            StatsCommand.class,
            RemoveCommand.class,
            ResetBootstrapCommand.class,
            ReportLeaderCommand.class,
            DoctorCommand.class,
            CompletionCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs and exits. */
    public static void main(String... args) {
        System.exit(run(commandLine(), args));
    }

    static int run(CommandLine line, String... args) {
        try {
            return line.execute(args);
        } catch (RuntimeException | Error e) { // picocli catches only exceptions
            return refuse(line, "a defect: " + e, ExitCode.DEFECT);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setUsageHelpAutoWidth(true)
                .registerConverter(Path.class, Main::path)
                .setParameterExceptionHandler((problem, args) -> refuse(
                        problem.getCommandLine(), problem.getMessage() + " (--help shows all options)", ExitCode.USAGE))
                .setExecutionExceptionHandler((problem, line, parsed) -> failed(line, problem));
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
