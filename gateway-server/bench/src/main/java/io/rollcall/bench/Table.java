package io.rollcall.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats figures in columns of the required width. */
final class Table {
    private final String title;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String title, String... columns) {
        this.title = title;
        rows.add(List.of(columns));
    }

    Table row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell instanceof Double number ? String.format(Locale.ROOT, "%,.1f", number) : text(cell));
        }
        rows.add(row);
        return this;
    }

    private static String text(Object cell) {
        return cell instanceof Number number ? String.format(Locale.ROOT, "%,d", number.longValue()) : cell.toString();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(title).append('\n');
        for (List<String> row : rows) {
            text.append(' ');
            for (int column = 0; column < row.size(); column++) {
                text.append("  ").append(padded(column, row.get(column)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private String padded(int column, String cell) {
        int width =
                rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
        return column == 0
                ? String.format(Locale.ROOT, "%-" + width + "s", cell)
                : String.format(Locale.ROOT, "%" + width + "s", cell);
    }
}
