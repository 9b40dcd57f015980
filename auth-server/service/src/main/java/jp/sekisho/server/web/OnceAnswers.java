package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.Answers;
import jp.sekisho.server.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * Does a POST with an {@code Idempotency-Key} once: the same key, session, route and body get the
 * first answer again, so that whoever lost the answer may ask again. Without the header nothing is
 * kept. Thread-safe.
 *
 * <p>In memory, {@link #MEMORY} long and {@value #MOST} at most, the oldest forgotten first: after
 * a restart the same request is a new one. A refusal is not kept: nothing was done, and what was
 * wrong may be put right under the same key.
 */
@Singleton
@Requires(beans = Installation.class)
final class OnceAnswers {
  static final String HEADER = "Idempotency-Key";
  static final Duration MEMORY = Duration.ofMinutes(15);
  static final int MOST = 10_000;

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{16,64}");

  private final Answers answers;
  private final InstantSource clock;
  private final Map<Asked, Given> given = new LinkedHashMap<>(); // oldest first; guarded by this

  private record Asked(String session, String route, String key) {}

  /**
   * An answer that was given.
   *
   * @param content null while the first request is at work
   */
  private record Given(String body, Instant at, @Nullable Content content) {}

  @SuppressWarnings("ArrayRecordComponent") // identity is not asked for
  private record Content(HttpStatus status, MediaType type, byte[] bytes) {}

  OnceAnswers(Answers answers, Installation installation) {
    this.answers = answers;
    this.clock = installation.clock();
  }

  /** The answer of {@code work}, or the one given before. */
  HttpResponse<?> answer(
      HttpRequest<?> request, Session session, byte[] body, Supplier<HttpResponse<?>> work) {
    List<String> keys = request.getHeaders().getAll(HEADER);
    if (keys.isEmpty()) {
      return work.get();
    }
    if (keys.size() != 1 || !KEY.matcher(keys.getFirst()).matches()) {
      return answers.refuse(Refusal.INPUT_MALFORMED, request);
    }
    Asked asked = new Asked(session.name(), request.getUri().toString(), keys.getFirst());
    String hash = Sha256.text(body);
    Given before = begin(asked, hash);
    if (before == null) {
      return first(asked, hash, work);
    }
    Content content = before.content();
    return content == null || !before.body().equals(hash)
        ? answers.refuse(Refusal.KEY_REUSED, request)
        : HttpResponse.status(content.status()).contentType(content.type()).body(content.bytes());
  }

  private synchronized @Nullable Given begin(Asked asked, String hash) {
    Instant now = clock.instant();
    given.values().removeIf(old -> !now.isBefore(old.at().plus(MEMORY)));
    Given before = given.putIfAbsent(asked, new Given(hash, now, null));
    if (before == null && given.size() > MOST) {
      given.remove(given.keySet().iterator().next());
    }
    return before;
  }

  private HttpResponse<?> first(Asked asked, String hash, Supplier<HttpResponse<?>> work) {
    Content content = null;
    try {
      HttpResponse<?> answer = work.get();
      if (answer.code() < 400 && answer.body() instanceof byte[] bytes) {
        content =
            new Content(
                answer.status(),
                answer.getContentType().orElse(MediaType.APPLICATION_JSON_TYPE),
                bytes);
      }
      return answer;
    } finally {
      end(asked, hash, content);
    }
  }

  private synchronized void end(Asked asked, String hash, @Nullable Content content) {
    if (content == null) {
      given.remove(asked);
    } else {
      given.replace(asked, new Given(hash, clock.instant(), content));
    }
  }
}
