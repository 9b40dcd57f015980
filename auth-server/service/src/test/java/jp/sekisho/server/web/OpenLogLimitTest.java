package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.terminal.Agent;
import jp.sekisho.server.terminal.RunningServer;
import org.junit.jupiter.api.Test;

/** Everybody reads checkpoints and hashes, nobody without end. */
class OpenLogLimitTest {
  private static final int MOST = 50; // of RunningServer

  @Test
  void openFilesOfALogAreRefusedWithTooManyUntilTheNextMinute() throws Exception {
    try (RunningServer server = RunningServer.startAt(Instant.parse("2026-11-21T00:00:00Z"));
        HttpClient http = HttpClient.newHttpClient()) {
      URI checkpoint =
          URI.create(server.installation.config().origin() + "/log/mayor/1/checkpoint");
      HttpRequest request = HttpRequest.newBuilder(checkpoint).build();
      for (int i = 0; i < MOST; i++) {
        assertEquals(200, http.send(request, HttpResponse.BodyHandlers.ofByteArray()).statusCode());
      }
      HttpResponse<byte[]> refused = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      assertEquals(Refusal.TOO_MANY, Agent.refusal(refused));
      server.clock.forward(Duration.ofMinutes(1));
      assertEquals(200, http.send(request, HttpResponse.BodyHandlers.ofByteArray()).statusCode());
    }
  }

  @Test
  void oneSourceTakesNothingFromAnotherUntilAllTogetherAreTooMany() throws Exception {
    OpenLogLimit limit =
        new OpenLogLimit(new SettableClock(Instant.parse("2026-11-21T00:00:00Z")), 2);
    InetAddress greedy = InetAddress.ofLiteral("192.0.2.1");
    assertTrue(limit.admits(greedy));
    assertTrue(limit.admits(greedy));
    for (int i = 0; i < 40; i++) {
      assertFalse(limit.admits(greedy));
    }
    for (int i = 2; i < 20; i++) {
      assertTrue(limit.admits(InetAddress.ofLiteral("192.0.2." + i)), "source " + i);
    }
    assertFalse(limit.admits(InetAddress.ofLiteral("192.0.2.99")), "twenty in all");
  }
}
