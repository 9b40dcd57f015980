package jp.sekisho.smartcard.simulate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.Response;

/** The last commands and answers, PIN bytes masked. Thread-safe. */
final class ApduTrace {
  private static final int MOST = 10_000;

  private final Deque<String> lines = new ArrayDeque<>();

  void command(byte[] bytes) {
    String shown;
    try {
      shown = Apdu.parse(bytes).toString();
    } catch (IllegalArgumentException e) {
      // Could be a PIN in a shape we do not know.
      shown = bytes.length + " bytes that are no command";
    }
    add("> " + shown);
  }

  void answer(Response response) {
    add("< " + response);
  }

  synchronized void add(String line) {
    if (lines.size() == MOST) {
      lines.removeFirst();
    }
    lines.addLast(line);
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }
}
