package jp.sekisho.e2e;

import java.time.Duration;
import java.time.Instant;
import jp.sekisho.e2e.Story.Scene;
import jp.sekisho.e2e.Trail.Mark;
import jp.sekisho.e2e.vm.TerminalVm;

/**
 * The end of an exception at a terminal that hears nothing: open until it, closed by it.
 *
 * @param at by the service's clock, which is this machine's, as {@code grant.activated} says
 * @param ahead how far the terminal's clock is ahead of this machine's: it starts at a whole second
 */
record Deadline(Scene scene, Instant at, Duration ahead) {
  /**
   * The terminal counts from before its question for the activation, so that no delay of the answer
   * lengthens it: by so much it is early.
   */
  private static final Duration EARLY = Duration.ofSeconds(1);

  /** It looks twice a second, and then unmounts. */
  private static final Duration LATE = Duration.ofSeconds(2);

  static Deadline of(Scene scene, String grant) {
    String entry = scene.await(Mark.of("grant.activated", Trail.field("grant", grant)), 0);
    return new Deadline(scene, Instant.parse(Trail.value(entry, "deadline")), ahead(scene.vm()));
  }

  /** The guest's date knows whole seconds only: the next one's beginning is awaited. */
  private static Duration ahead(TerminalVm vm) {
    String there =
        vm.run("s=$(date +%s); while [ $(date +%s) = $s ]; do :; done; echo $s").expectOk();
    return Duration.between(
        Instant.now(), Instant.ofEpochSecond(Long.parseLong(there.strip()) + 1));
  }

  /** Waits for it, with the network cut; fails when the medium was closed before. */
  void awaitWithoutNetwork() {
    Instant open = Instant.MIN;
    while (!scene.counter().mounted().isEmpty()) {
      open = Instant.now();
      if (open.isAfter(at.plus(Duration.ofMinutes(1)))) {
        throw new AssertionError("the medium is still open a minute after " + at);
      }
    }
    if (open.isBefore(at.minus(EARLY).minus(LATE))) {
      throw new AssertionError(
          "closed before its end " + at + ": " + (open.equals(Instant.MIN) ? "by the cut" : open));
    }
  }

  /** Fails unless the terminal's own record says that it closed on time; what it says. */
  String check(String closed) {
    Instant when =
        Instant.parse(Trail.value(closed.substring(closed.indexOf("\"device\"")), "time"))
            .minus(ahead);
    Duration late = Duration.between(at, when);
    if (late.compareTo(EARLY.negated()) < 0 || late.compareTo(LATE) > 0) {
      throw new AssertionError("closed " + late + " after its end: " + closed);
    }
    if (!closed.contains("\"verified\":true")) {
      throw new AssertionError("nobody saw that it is closed: " + closed);
    }
    return String.format(
        "open until the end at %s, closed %+.1f s from it: %s",
        at, late.toMillis() / 1000.0, closed);
  }
}
