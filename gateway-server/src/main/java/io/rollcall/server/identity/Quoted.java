package io.rollcall.server.identity;

/**
 * Values of others in messages of ours: between quotes, cut, and with a question mark for each character that a terminal,
 * a log or a reader may take for something else.
 */
final class Quoted {
    static final int LONGEST = 100;

    private Quoted() {}

    static String of(String value) {
        StringBuilder text = new StringBuilder("'");
        value.codePoints().limit(LONGEST).map(c -> isPlain(c) ? c : '?').forEach(text::appendCodePoint);
        if (value.codePointCount(0, value.length()) > LONGEST) {
            text.append('…');
        }
        return text.append('\'').toString();
    }

    private static boolean isPlain(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT, // changes of direction among them
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
