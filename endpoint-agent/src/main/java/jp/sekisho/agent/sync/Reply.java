package jp.sekisho.agent.sync;

import java.util.function.Function;
import jp.sekisho.protocol.Refusal;

/** What came of a call to the service. */
public sealed interface Reply<T> {
  /** The service's answer. */
  record Ok<T>(T value) implements Reply<T> {}

  /**
   * The service said no.
   *
   * @param refusal the code; INTERNAL for one that only a newer service knows
   * @param code the code as the service wrote it
   */
  record Refused<T>(Refusal refusal, String code) implements Reply<T> {}

  /**
   * No answer, or none that can be trusted or understood: as if the line were cut.
   *
   * @param why for the terminal's own log: never content
   */
  record Unreachable<T>(String why) implements Reply<T> {}

  /** The one of three that applies. */
  default <R> R fold(
      Function<T, R> ok, Function<Refused<T>, R> refused, Function<Unreachable<T>, R> unreachable) {
    if (this instanceof Ok<T> answer) {
      return ok.apply(answer.value());
    }
    return this instanceof Refused<T> no
        ? refused.apply(no)
        : unreachable.apply((Unreachable<T>) this);
  }
}
