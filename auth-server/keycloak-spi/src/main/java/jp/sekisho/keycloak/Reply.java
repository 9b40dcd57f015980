package jp.sekisho.keycloak;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a call of the service came to: it says so, it refuses for a reason that the person can act
 * upon, or there was no answer that could be believed. One class and no sealed three, for each
 * class is a kilobyte of a jar that has a limit; {@link #match} and {@link #act} handle all three.
 *
 * @param <T> what is answered
 */
final class Reply<T> {
  private final @Nullable T said;
  private final @Nullable Refused refused;
  private final String why;

  private Reply(@Nullable T said, @Nullable Refused refused, String why) {
    this.said = said;
    this.refused = refused;
    this.why = why;
  }

  static <T> Reply<T> said(T value) {
    return new Reply<>(value, null, "");
  }

  static <T> Reply<T> refused(Refused body) {
    return new Reply<>(null, body, "");
  }

  /** {@code why}: for the log of Keycloak. */
  static <T> Reply<T> unavailable(String why) {
    return new Reply<>(null, null, why);
  }

  /** What one of the three makes of it. */
  <R extends @Nullable Object> R match(
      Function<? super T, R> ifSaid,
      Function<? super Refused, R> ifRefused,
      Function<? super String, R> ifUnavailable) {
    if (said != null) {
      return ifSaid.apply(said);
    }
    return refused != null ? ifRefused.apply(refused) : ifUnavailable.apply(why);
  }

  /** Does one of the three. */
  void act(
      Consumer<? super T> ifSaid,
      Consumer<? super Refused> ifRefused,
      Consumer<? super String> ifUnavailable) {
    if (said != null) {
      ifSaid.accept(said);
    } else if (refused != null) {
      ifRefused.accept(refused);
    } else {
      ifUnavailable.accept(why);
    }
  }
}
