package io.rollcall.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints for people, in a table of 80 columns, or for programs, as JSON: one object a line. */
final class Output {
    private static final int COLUMNS = 80;
    private static final String BETWEEN = "  ";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--json", description = "Prints JSON, one object a line.")
    private boolean isJson;

    boolean isJson() {
        return isJson;
    }

    void line(String text) {
        PrintWriter out = command.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    void json(Map<String, ?> object) {
        try {
            line(JsonMapper.builder().build().writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + object.keySet() + " as JSON", e);
        }
    }

    /** Prints the object, or what people read. */
    void either(Map<String, ?> object, String text) {
        if (isJson) {
            json(object);
        } else {
            line(text);
        }
    }

    /** Prints rows below a header; the last column is cut where the line would be too long. */
    void table(List<String> header, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(header);
        all.addAll(rows);
        int[] widths = new int[header.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : all) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(i == 0 ? "" : BETWEEN)
                        .append(row.get(i))
                        .append(" ".repeat(widths[i] - row.get(i).length()));
            }
            line(cut(text.toString().stripTrailing()));
        }
    }

    /** Shortens a line to what a terminal shows. */
    static String cut(String line) {
        return line.length() <= COLUMNS ? line : line.substring(0, COLUMNS - 1) + "…";
    }
}
