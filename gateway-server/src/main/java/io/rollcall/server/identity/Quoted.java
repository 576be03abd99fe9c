package io.rollcall.server.identity;

/**
 * Quotes untrusted values for messages: truncated, and with a question mark for each character that could mislead a
 * terminal, a log or a reader.
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
                    Character.FORMAT, // includes changes of text direction
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
