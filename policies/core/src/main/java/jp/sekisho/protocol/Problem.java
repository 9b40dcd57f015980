package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A refusal as the service sends it on both ports: {@code application/problem+json} (RFC 9457) with
 * the parts of a {@link RefusalBody} beside the standard ones. Who reads a {@code RefusalBody}
 * reads this too.
 *
 * @param type {@code urn:sekisho:refusal:} and the code; never fetched
 * @param title what happened, in the language of the request
 * @param status the HTTP status once more
 * @param detail why
 * @param refusal stable code
 * @param text all of it for a person
 * @param triesLeft as in {@link RefusalBody}
 * @param reference as in {@link RefusalBody}
 */
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    Refusal refusal,
    RefusalText text,
    @Nullable Integer triesLeft,
    @Nullable String reference) {
  /** The media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** A refusal with its standard parts. */
  public static Problem of(RefusalBody body) {
    Refusal refusal = body.refusal();
    return new Problem(
        "urn:sekisho:refusal:" + refusal.name(),
        body.text().what(),
        refusal.httpStatus(),
        body.text().why(),
        refusal,
        body.text(),
        body.triesLeft(),
        body.reference());
  }
}
