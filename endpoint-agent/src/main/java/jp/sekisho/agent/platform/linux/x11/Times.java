package jp.sekisho.agent.platform.linux.x11;

import java.time.Duration;

/**
 * How long other programs are waited for.
 *
 * @param silence an owner that says nothing for so long says nothing more of that form
 * @param whole for all forms of one copy together
 * @param undecided a paste that nobody decided in this time is refused
 * @param untaken a program that does not take the next piece in this time gets none
 */
public record Times(Duration silence, Duration whole, Duration undecided, Duration untaken) {
  /** What terminals wait. */
  public static final Times DEFAULT =
      new Times(
          Duration.ofSeconds(3),
          Duration.ofSeconds(10),
          Duration.ofSeconds(3),
          Duration.ofSeconds(5));
}
