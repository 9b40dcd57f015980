package jp.sekisho.protocol;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of every refusal, on every port.
 *
 * @param refusal stable code
 * @param text the same for a person, in the language of the request
 * @param triesLeft PIN tries left, with the refusals that know it
 * @param reference number under which the service logged an INTERNAL error; null otherwise
 */
public record RefusalBody(
    Refusal refusal, RefusalText text, @Nullable Integer triesLeft, @Nullable String reference) {

  /** A body without tries or reference. */
  public static RefusalBody of(Refusal refusal, Locale locale, Map<String, String> values) {
    return new RefusalBody(refusal, RefusalText.of(refusal, locale, values), null, null);
  }
}
