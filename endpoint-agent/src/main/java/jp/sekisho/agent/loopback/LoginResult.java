package jp.sekisho.agent.loopback;

import java.util.function.Function;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What a login came to, for the page. */
public sealed interface LoginResult {

  /**
   * The page posts this on, unread.
   *
   * @param opaqueAnswer of {@link jp.sekisho.protocol.CardAnswer#opaque()}
   */
  record Answered(String opaqueAnswer) implements LoginResult {
    @Override
    public <R> R match(Function<? super Answered, R> answered, Function<? super Refused, R> no) {
      return answered.apply(this);
    }

    /** Masked: the answer is a credential until it is used. */
    @Override
    public String toString() {
      return "Answered[***]";
    }
  }

  /**
   * There is no answer.
   *
   * @param triesLeft PIN tries left; null when not known
   * @param readerName for the refusal's text; null when there is none
   */
  record Refused(Refusal reason, @Nullable Integer triesLeft, @Nullable String readerName)
      implements LoginResult {
    @Override
    public <R> R match(Function<? super Answered, R> answered, Function<? super Refused, R> no) {
      return no.apply(this);
    }
  }

  /** Handles both cases. */
  <R> R match(Function<? super Answered, R> answered, Function<? super Refused, R> no);
}
