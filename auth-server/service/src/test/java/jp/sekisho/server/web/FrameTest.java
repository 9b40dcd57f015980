package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.micronaut.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.server.session.Resolution;
import jp.sekisho.server.session.Session;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What stands around a page. */
final class FrameTest {
  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");
  private final AtomicInteger counted = new AtomicInteger();
  private final Pages pages =
      new Pages(
          new Pages.Settings(false, "http://127.0.0.1:47621", "内線 1234"),
          () -> false,
          new Pages.Rights(
              _ -> true,
              _ -> true,
              _ -> counted.incrementAndGet(),
              _ -> true,
              _ -> counted.incrementAndGet(),
              () -> false));

  private static HttpRequest<?> request() {
    Session session =
        new Session(
            new byte[32],
            "100042",
            "mayor",
            null,
            "T-0001",
            "boot",
            "t",
            "normal",
            Session.State.ACTIVE,
            null,
            NOW,
            NOW,
            NOW,
            NOW.plus(Duration.ofHours(12)),
            null,
            null,
            null,
            null);
    return HttpRequest.GET("/breaches")
        .setAttribute(SessionFilter.RESOLUTION, new Resolution.Active(session));
  }

  @Test
  @DisplayName("R27: a page counts what is overdue once, and the next page anew")
  void countedOnce() {
    HttpRequest<?> request = request();
    Frame first = pages.frame(request);
    assertSame(first, pages.frame(request));
    assertEquals(1, first.emergencies());
    assertEquals(2, first.breaches());
    assertEquals(4, pages.frame(request()).breaches());
  }

  @Test
  @DisplayName("nothing is counted for who has no session")
  void withoutSession() {
    assertEquals(0, pages.frame(HttpRequest.GET("/")).breaches());
    assertEquals(0, counted.get());
  }
}
