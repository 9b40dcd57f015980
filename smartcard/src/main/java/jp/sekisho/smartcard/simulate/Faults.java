package jp.sekisho.smartcard.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What shall go wrong with the commands to come. Commands are counted from the order: 1 is the next
 * one. A fault happens once, except the delay, which stays. Thread-safe.
 */
final class Faults {
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(10);
  private static final int FURTHEST = 1_000_000;
  private static final int LONGEST_ANSWER = 258;

  /** One fault. */
  sealed interface Fault {
    /** The card leaves before it has done anything. */
    record Remove() implements Fault {}

    /** The card carries the command out and leaves before it has answered. */
    record Tear() implements Fault {}

    /** The card loses its power for a moment: nothing is selected or verified any more. */
    record Reset() implements Fault {}

    /** The card does nothing and answers these bytes. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Garbage(byte[] answer) implements Fault {}
  }

  private final TreeMap<Long, Fault> planned = new TreeMap<>();
  private Duration delay = Duration.ZERO;
  private long commands;

  /**
   * Plans a fault: {@code remove N}, {@code tear N}, {@code reset N}, {@code garbage N [HEX]},
   * {@code slow MILLISECONDS}, {@code clear}.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  synchronized void plan(String order) {
    String[] words = order.strip().split(" +", -1);
    String what = words[0].toLowerCase(Locale.ROOT);
    int most = what.equals("garbage") ? 3 : what.equals("clear") ? 1 : 2;
    if (words.length > most || words.length < Math.min(most, 2)) {
      throw unknown();
    }
    switch (what) {
      case "clear" -> {
        planned.clear();
        delay = Duration.ZERO;
      }
      case "slow" -> delay = Duration.ofMillis(number(words[1], LONGEST_DELAY.toMillis()));
      case "remove" -> plan(words[1], new Fault.Remove());
      case "tear" -> plan(words[1], new Fault.Tear());
      case "reset" -> plan(words[1], new Fault.Reset());
      case "garbage" -> plan(words[1], new Fault.Garbage(bytes(words)));
      default -> throw unknown();
    }
  }

  /** The fault of the next command, which is counted by asking. */
  synchronized Optional<Fault> next() {
    commands++;
    return Optional.ofNullable(planned.remove(commands));
  }

  synchronized Duration delay() {
    return delay;
  }

  /** What is planned, in the words of {@link #plan}. */
  synchronized List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!delay.isZero()) {
      lines.add("slow " + delay.toMillis());
    }
    planned.forEach((at, fault) ->
        lines.add(
            fault.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " " + (at - commands)));
    return lines;
  }

  private void plan(String when, Fault fault) {
    long after = number(when, FURTHEST);
    if (after == 0) {
      throw new IllegalArgumentException("commands are counted from 1");
    }
    planned.put(commands + after, fault);
  }

  private static long number(String word, long most) {
    if (!word.matches("[0-9]{1,7}") || Long.parseLong(word) > most) {
      throw new IllegalArgumentException("not a number up to " + most + ": " + word);
    }
    return Long.parseLong(word);
  }

  private static byte[] bytes(String[] words) {
    byte[] bytes = HexFormat.of().parseHex(words.length > 2 ? words[2] : "DEADBEEF");
    if (bytes.length > LONGEST_ANSWER) {
      throw new IllegalArgumentException("an answer has at most " + LONGEST_ANSWER + " bytes");
    }
    return bytes;
  }

  private static IllegalArgumentException unknown() {
    return new IllegalArgumentException(
        "fault remove N | tear N | reset N | garbage N [HEX] | slow MILLISECONDS | clear");
  }
}
