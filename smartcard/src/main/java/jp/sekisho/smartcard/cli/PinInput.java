package jp.sekisho.smartcard.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.PinTerminal;
import jp.sekisho.smartcard.piv.Pin;
import picocli.CommandLine.Option;

/**
 * Where a command gets PINs from: the terminal without echo, or a line of standard input each.
 * Never from an argument or a variable, which other programs can read.
 */
final class PinInput {
  /** Eight full-width digits are 24 bytes. */
  private static final int LONGEST_LINE = 64;

  @Option(names = "--pin-stdin")
  private boolean fromStdin;

  /** Nobody sits here: no prompt is on any screen. */
  boolean isUnattended() {
    return fromStdin;
  }

  /** Whether {@link #read} can ask anybody, or has a line to read; looked at before any card is. */
  boolean canAsk() {
    return fromStdin || PinTerminal.find().isPresent();
  }

  /** Whether somebody sits at a terminal that can be cleared. */
  boolean hasTerminal() {
    String kind = System.getenv("TERM");
    return PinTerminal.find().isPresent() && !"dumb".equals(kind);
  }

  /** This terminal, as what shows the halves of a PUK; only where {@link #hasTerminal}. */
  HalfScreen screen(HalfScreen.Words words) {
    Console console = PinTerminal.find().orElseThrow();
    return new HalfScreen(console.writer(), () -> hidden(console), words);
  }

  /** Enter, without echo of what else is typed. */
  private static boolean hidden(Console console) {
    char[] typed = console.readPassword();
    if (typed == null) {
      return false;
    }
    Arrays.fill(typed, '\0');
    return true;
  }

  /**
   * One PIN as typed; the caller wipes it.
   *
   * @return empty when the input ended, a line was too long or no UTF-8, or there is no terminal
   */
  Optional<char[]> read(String prompt) throws IOException {
    if (fromStdin) {
      return line(System.in);
    }
    return PinTerminal.read(prompt + ": ");
  }

  /** What was typed: nothing at all, something that is no PIN, or a PIN. */
  record Typed(boolean any, Optional<Pin> pin) {}

  /** A PIN; what was typed is wiped, the PIN is the caller's to close. */
  Typed pin(String prompt) throws IOException {
    Optional<char[]> typed = read(prompt);
    Optional<Pin> pin = typed.flatMap(Pin::of);
    typed.ifPresent(chars -> Arrays.fill(chars, '\0'));
    return new Typed(typed.isPresent(), pin);
  }

  /** Says why what was typed is no PIN; the exit code. */
  int refuse(Typed typed, OptionalInt tries, Output output) {
    return typed.any() ? output.refuse(CardFailure.PIN_FORMAT, tries) : missing(output);
  }

  /** Says why {@link #read} gave nothing; the exit code. */
  int missing(Output output) {
    return fromStdin ? output.pinMissing() : output.promptUnavailable();
  }

  static Optional<char[]> line(InputStream in) throws IOException {
    byte[] bytes = new byte[LONGEST_LINE];
    try {
      int length = 0;
      int next = in.read();
      if (next < 0) {
        return Optional.empty();
      }
      for (; next >= 0 && next != '\n'; next = in.read()) {
        if (length == LONGEST_LINE) {
          return Optional.empty();
        }
        bytes[length++] = (byte) next;
      }
      if (length > 0 && bytes[length - 1] == '\r') {
        length--;
      }
      CharBuffer chars =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
      char[] typed = new char[chars.remaining()];
      chars.get(typed);
      Arrays.fill(chars.array(), '\0');
      return Optional.of(typed);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
