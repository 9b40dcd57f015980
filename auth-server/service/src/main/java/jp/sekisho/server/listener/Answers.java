package jp.sekisho.server.listener;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.cookie.Cookie;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.protocol.Problem;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * Every JSON answer of the service: wire records and refusals, written by {@link WireJson} only.
 * Thread-safe.
 *
 * <p>The language of a request is {@code ?lang=}, then the cookie {@code __Host-sekisho-lang}, then
 * the first of Accept-Language that is Japanese or English, then Japanese.
 */
public final class Answers {
  /** Cookie that keeps the language a person chose: {@code ja} or {@code en}. */
  public static final String LANGUAGE_COOKIE = "__Host-sekisho-lang";

  private static final MediaType PROBLEM = MediaType.of(Problem.MEDIA_TYPE);

  private final String helpLine;

  /**
   * @param helpLine what a refusal says of whom to call, such as 内線 1234
   */
  public Answers(String helpLine) {
    this.helpLine = helpLine;
  }

  /** A refusal with its HTTP status, in the language of {@code request}. */
  public MutableHttpResponse<byte[]> refuse(Refusal refusal, HttpRequest<?> request) {
    return refuse(refusal, request, null, null);
  }

  /** As {@link #refuse(Refusal, HttpRequest)}, with the PIN tries that are left. */
  public MutableHttpResponse<byte[]> refuse(
      Refusal refusal, HttpRequest<?> request, int triesLeft) {
    return refuse(refusal, request, triesLeft, null);
  }

  /** INTERNAL with the number under which {@code Failures} logged it. */
  MutableHttpResponse<byte[]> internal(HttpRequest<?> request, String reference) {
    return refuse(Refusal.INTERNAL, request, null, reference);
  }

  private MutableHttpResponse<byte[]> refuse(
      Refusal refusal,
      HttpRequest<?> request,
      @Nullable Integer triesLeft,
      @Nullable String reference) {
    RefusalText text =
        RefusalText.of(
            refusal,
            language(request),
            triesLeft == null
                ? Map.of("help", helpLine)
                : Map.of("help", helpLine, "tries", triesLeft.toString()));
    return HttpResponse.<byte[]>status(HttpStatus.valueOf(refusal.httpStatus()))
        .contentType(PROBLEM)
        .header(HttpHeaders.CONTENT_LANGUAGE, language(request).getLanguage())
        .body(WireJson.write(Problem.of(new RefusalBody(refusal, text, triesLeft, reference))));
  }

  /**
   * 200 with a wire record and an {@code ETag} of its content, or 304 when the request names that
   * tag: for lists that are asked for again and again.
   */
  public MutableHttpResponse<byte[]> tagged(HttpRequest<?> request, Object wireRecord) {
    byte[] body = WireJson.write(wireRecord);
    String tag = '"' + Sha256.text(body) + '"';
    boolean held = request.getHeaders().getAll(HttpHeaders.IF_NONE_MATCH).equals(List.of(tag));
    MutableHttpResponse<byte[]> answer =
        held
            ? HttpResponse.status(HttpStatus.NOT_MODIFIED)
            : HttpResponse.<byte[]>ok(body).contentType(MediaType.APPLICATION_JSON_TYPE);
    return answer.header(HttpHeaders.ETAG, tag);
  }

  /** As {@link #tagged(HttpRequest, Object)}, or a refusal where there is none to see. */
  public MutableHttpResponse<byte[]> tagged(
      HttpRequest<?> request, Optional<?> wireRecord, Refusal otherwise) {
    return wireRecord
        .map(found -> tagged(request, found))
        .orElseGet(() -> refuse(otherwise, request));
  }

  /** 200 with a wire record. */
  public MutableHttpResponse<byte[]> ok(Object wireRecord) {
    return json(HttpStatus.OK, wireRecord);
  }

  /** A wire record with {@code status}. */
  public MutableHttpResponse<byte[]> json(HttpStatus status, Object wireRecord) {
    return HttpResponse.<byte[]>status(status)
        .contentType(MediaType.APPLICATION_JSON_TYPE)
        .body(WireJson.write(wireRecord));
  }

  /** What stands for whom to call in texts. */
  public String helpLine() {
    return helpLine;
  }

  /** {@link Locale#JAPANESE} or {@link Locale#ENGLISH}. */
  public static Locale language(HttpRequest<?> request) {
    Locale chosen = known(request.getParameters().get("lang"));
    if (chosen == null) {
      chosen =
          known(
              request.getCookies().findCookie(LANGUAGE_COOKIE).map(Cookie::getValue).orElse(null));
    }
    if (chosen == null) {
      chosen = accepted(request.getHeaders().get(HttpHeaders.ACCEPT_LANGUAGE));
    }
    return chosen == null ? Locale.JAPANESE : chosen;
  }

  private static @Nullable Locale known(@Nullable String tag) {
    if ("ja".equals(tag)) {
      return Locale.JAPANESE;
    }
    return "en".equals(tag) ? Locale.ENGLISH : null;
  }

  private static @Nullable Locale accepted(@Nullable String header) {
    if (header == null || header.length() > 256) {
      return null;
    }
    try {
      return Locale.lookup(
          Locale.LanguageRange.parse(header), List.of(Locale.JAPANESE, Locale.ENGLISH));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
