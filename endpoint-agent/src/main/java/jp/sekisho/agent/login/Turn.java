package jp.sekisho.agent.login;

import java.util.function.Function;

/** What a login came to, before it is recorded and told. */
sealed interface Turn permits Turn.Answered, Refused {
  /** The opaque answer, already recorded and bound. */
  record Answered(String opaque) implements Turn {
    @Override
    public String toString() {
      return "Answered[***]";
    }
  }

  /** Handles both cases. */
  default <R> R fold(Function<String, R> answered, Function<Refused, R> refused) {
    return this instanceof Answered yes
        ? answered.apply(yes.opaque())
        : refused.apply((Refused) this);
  }
}
