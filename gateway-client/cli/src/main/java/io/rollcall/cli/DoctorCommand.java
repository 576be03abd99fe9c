package io.rollcall.cli;

import io.rollcall.cli.Examination.Finding;
import io.rollcall.client.CredentialsException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds out why a node does not get in. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Walks the way of a call, step by step, and says what it saw and what to mend: files, dates, name,"
                        + " connection, TLS, token, permission, clocks. Ends with 6 if there is something to mend.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private GatewayOptions gateway = new GatewayOptions();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--register",
            description = "Also registers the node, and removes it again. Refused while the node is live, which the"
                    + " registration would displace.")
    private boolean isToRegister;

    @Override
    public Integer call() {
        boolean isWell = true;
        for (String target : gateway.targets()) {
            isWell &= examine(target);
        }
        return isWell ? ExitCode.DONE : ExitCode.TO_MEND;
    }

    private boolean examine(String target) {
        Examination examination;
        try {
            examination = new Examination(target, gateway.directory(), gateway.open(List.of(target)));
        } catch (CredentialsException e) {
            return show(target, Finding.bad("files", String.valueOf(e.getMessage())));
        }
        try (examination) {
            boolean isWell = true;
            for (Examination.Step step : examination.steps(isToRegister)) {
                Finding finding = step.look();
                isWell &= show(target, finding);
                if (finding.isEnd()) {
                    break;
                }
            }
            return isWell;
        }
    }

    private boolean show(String target, Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("target", target);
        json.put("step", finding.step());
        json.put("ok", finding.isWell());
        json.put("saw", finding.saw());
        output.either(json, (finding.isWell() ? "ok    " : "MEND  ") + finding.step() + ": " + finding.saw());
        return finding.isWell();
    }
}
