package jp.sekisho.agent.login;

import java.util.OptionalInt;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A login that ends without an answer.
 *
 * @param triesLeft PIN tries left, when the card said so
 * @param reader for the refusal's text; null without one
 */
record Refused(Refusal reason, OptionalInt triesLeft, @Nullable String reader) implements Turn {
  static Refused of(Refusal reason) {
    return new Refused(reason, OptionalInt.empty(), null);
  }

  static Refused at(Refusal reason, String reader) {
    return new Refused(reason, OptionalInt.empty(), reader);
  }
}
