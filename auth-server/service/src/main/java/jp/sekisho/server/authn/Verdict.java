package jp.sekisho.server.authn;

import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.protocol.Refusal;

/**
 * What one step of the verification says: a proof that the next step is built from, or a refusal.
 *
 * @param <P> the proof
 */
public sealed interface Verdict<P> {
  /** The step holds; {@code proof} exists only because it does. */
  record Passed<P>(P proof) implements Verdict<P> {}

  /** The step does not hold, and nothing after it is looked at. */
  record Refused<P>(Refusal reason) implements Verdict<P> {}

  /** A passed step. */
  static <P> Verdict<P> passed(P proof) {
    return new Passed<>(proof);
  }

  /** A refused step. */
  static <P> Verdict<P> refused(Refusal reason) {
    return new Refused<>(reason);
  }

  /** Passed by what there is, refused where there is nothing. */
  static <P> Verdict<P> of(Optional<P> proof, Refusal otherwise) {
    return proof.map(Verdict::passed).orElseGet(() -> refused(otherwise));
  }

  /** The verdict of {@code next} over this proof, or this refusal. */
  default <N> Verdict<N> then(Function<P, Verdict<N>> next) {
    return switch (this) {
      case Passed<P>(P proof) -> next.apply(proof);
      case Refused<P>(Refusal reason) -> refused(reason);
    };
  }
}
