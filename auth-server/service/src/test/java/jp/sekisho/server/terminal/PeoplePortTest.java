package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.WireJson;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeoplePortTest {
  private RunningServer server;
  private HttpClient client;
  private String origin;

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.start();
    client = HttpClient.newHttpClient();
    origin = server.settings.originTexts().get(0);
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    server.close();
  }

  private HttpResponse<byte[]> get(String path, Map<String, String> headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + path));
    headers.forEach(request::header);
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> post(String path, byte[] body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private String raw(String request) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.settings.peoplePort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static RefusalBody body(HttpResponse<byte[]> answer) throws Exception {
    return WireJson.read(answer.body(), RefusalBody.class);
  }

  @Test
  void everyAnswerCarriesTheSecurityHeaders() throws Exception {
    for (HttpResponse<byte[]> answer :
        List.of(
            get("/probe/page", Map.of()),
            get("/nothing-here", Map.of()),
            get("/probe/fail/unforeseen", Map.of()),
            post("/probe/echo", new byte[0], Map.of()))) {
      assertTrue(
          answer
              .headers()
              .firstValue("Content-Security-Policy")
              .orElse("")
              .startsWith("default-src 'none'; script-src 'none'; style-src 'self'"),
          answer.uri() + " " + answer.headers());
      assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
      assertEquals("no-referrer", answer.headers().firstValue("Referrer-Policy").orElse(""));
      for (String policy : List.of("Opener", "Resource")) {
        assertEquals(
            "same-origin",
            answer.headers().firstValue("Cross-Origin-" + policy + "-Policy").orElse(""));
      }
      assertTrue(
          answer.headers().firstValue("Strict-Transport-Security").isEmpty(),
          "a trial has no TLS to insist on");
      assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElse(""));
    }
  }

  @Test
  void postWithoutOurOriginIsCrossSite() throws Exception {
    for (Map<String, String> headers :
        List.of(
            Map.<String, String>of(),
            Map.of("Origin", "https://evil.example"),
            Map.of("Origin", "null"),
            Map.of("Origin", origin + "/"))) {
      assertEquals(Refusal.CROSS_SITE, Agent.refusal(post("/probe/echo", new byte[] {1}, headers)));
    }
    HttpResponse<byte[]> answer =
        post("/probe/echo", "ours".getBytes(StandardCharsets.UTF_8), Map.of("Origin", origin));
    assertEquals("ours", new String(answer.body(), StandardCharsets.UTF_8));
    assertTrue(server.strangers.contains(Refusal.CROSS_SITE));
  }

  @Test
  void aReportOfWhatThePolicyStoppedIsCountedAndNotRead() throws Exception {
    byte[] report = "{\"csp-report\":{}} or anything else".getBytes(StandardCharsets.UTF_8);
    assertTrue(
        get("/probe/page", Map.of())
            .headers()
            .firstValue("Content-Security-Policy")
            .orElse("")
            .endsWith("; report-uri /csp-report"));
    for (Map<String, String> headers :
        List.of(
            Map.of("Origin", "null", "Sec-Fetch-Site", "same-origin"),
            Map.of("Origin", origin),
            Map.<String, String>of())) {
      server.strangers.clear();
      assertEquals(204, post("/csp-report", report, headers).statusCode());
      assertEquals(List.of(Refusal.CSP_VIOLATION), List.copyOf(server.strangers));
    }
    for (Map<String, String> headers :
        List.of(
            Map.of("Origin", "https://evil.example"),
            Map.of("Origin", "null", "Sec-Fetch-Site", "cross-site"))) {
      assertEquals(Refusal.CROSS_SITE, Agent.refusal(post("/csp-report", report, headers)));
    }
    assertEquals(
        Refusal.INPUT_TOO_LARGE,
        Agent.refusal(post("/csp-report", new byte[64 * 1024 + 1], Map.of("Origin", origin))));
  }

  @Test
  void anotherSiteMayLinkToAPageAndDoNothingElse() throws Exception {
    Map<String, String> link =
        Map.of(
            "Sec-Fetch-Site",
            "cross-site",
            "Sec-Fetch-Mode",
            "navigate",
            "Sec-Fetch-Dest",
            "document");
    assertEquals(200, get("/probe/page", link).statusCode());
    assertEquals(Refusal.CROSS_SITE, Agent.refusal(get("/api/v1/log/export.csv", link)));
    for (Map<String, String> headers :
        List.of(
            Map.of("Sec-Fetch-Site", "cross-site"),
            Map.of("Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors"),
            Map.of(
                "Sec-Fetch-Site",
                "cross-site",
                "Sec-Fetch-Mode",
                "navigate",
                "Sec-Fetch-Dest",
                "iframe"))) {
      assertEquals(Refusal.CROSS_SITE, Agent.refusal(get("/probe/page", headers)));
    }
    assertEquals(200, get("/probe/page", Map.of("Sec-Fetch-Site", "same-origin")).statusCode());
    assertEquals(
        Refusal.CROSS_SITE,
        Agent.refusal(
            post(
                "/probe/echo",
                new byte[] {1},
                Map.of("Origin", origin, "Sec-Fetch-Site", "same-site"))));
  }

  @Test
  void foreignHostNameIsRefusedAgainstDnsRebinding() throws IOException {
    String answer =
        raw("GET /probe/page HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n");
    assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
    assertTrue(answer.contains("ORIGIN_FOREIGN"), answer);
    answer = raw("GET /probe/page HTTP/1.0\r\n\r\n");
    assertFalse(answer.contains("200 OK"), answer);
  }

  @Test
  void unknownRouteAndWrongMethodAreNotFound() throws Exception {
    assertEquals(Refusal.NOT_FOUND, Agent.refusal(get("/nothing-here", Map.of())));
    assertEquals(Refusal.NOT_FOUND, Agent.refusal(get("/probe/echo", Map.of())));
    assertEquals(
        Refusal.NOT_FOUND,
        Agent.refusal(
            client.send(
                HttpRequest.newBuilder(URI.create(origin + "/probe/page")).DELETE().build(),
                HttpResponse.BodyHandlers.ofByteArray())));
  }

  @Test
  void unreadableParameterAndMediaTypeAreMalformedInput() throws Exception {
    assertEquals(Refusal.INPUT_MALFORMED, Agent.refusal(get("/probe/number/seven", Map.of())));
    assertEquals(
        Refusal.INPUT_MALFORMED,
        Agent.refusal(
            client.send(
                HttpRequest.newBuilder(URI.create(origin + "/probe/echo"))
                    .header("Origin", origin)
                    .header("Content-Type", "application/xml")
                    .POST(HttpRequest.BodyPublishers.ofString("<x/>"))
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray())));
  }

  @Test
  void bodyOver64KiBOrOfUndeclaredLengthIsRefused() throws Exception {
    assertEquals(
        Refusal.INPUT_TOO_LARGE,
        Agent.refusal(post("/probe/echo", new byte[64 * 1024 + 1], Map.of("Origin", origin))));
    String answer =
        raw(
            "POST /probe/echo HTTP/1.1\r\nHost: "
                + URI.create(origin).getAuthority()
                + "\r\nOrigin: "
                + origin
                + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                + "Connection: close\r\n\r\n4\r\nabcd\r\n0\r\n\r\n");
    assertTrue(answer.contains("INPUT_MALFORMED"), answer);
  }

  @Test
  void unforeseenErrorTellsAReferenceAndNothingElse() throws Exception {
    HttpResponse<byte[]> answer = get("/probe/fail/unforeseen", Map.of());
    assertEquals(500, answer.statusCode());
    assertNotNull(body(answer).reference());
    assertFalse(new String(answer.body(), StandardCharsets.UTF_8).contains("secret"));
  }

  /** The path is cleaned of what somebody may have typed. */
  @Test
  void unforeseenErrorIsAFailureInTheSystemLog() throws Exception {
    assertEquals(500, get("/probe/fail/S-1234", Map.of()).statusCode());
    // Failures of the tests before this one have their entries too.
    server.awaitEntry(
        "system",
        "the failure at its cleaned path",
        entry ->
            entry.type().equals("service.failed")
                && "GET /probe/fail/*".equals(entry.data().get("at")));
  }

  @Test
  void storageFailureIsItsOwnRefusal() throws Exception {
    HttpResponse<byte[]> answer = get("/probe/fail/storage", Map.of());
    assertEquals(Refusal.STORAGE_FAILED, Agent.refusal(answer));
    assertFalse(new String(answer.body(), StandardCharsets.UTF_8).contains("secret"));
  }

  @Test
  void tamperedRowIsRefusedAndLoggedOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertEquals(Refusal.STATE_TAMPERED, Agent.refusal(get("/probe/fail/tampered", Map.of())));
    }
    server.awaitEntry("system", "service.state-tampered STATE_TAMPERED");
    assertEquals(
        1,
        server.entries("system").stream()
            .filter("service.state-tampered STATE_TAMPERED"::equals)
            .count());
  }

  @Test
  void languageIsParameterThenCookieThenAcceptLanguageThenJapanese() throws Exception {
    String japanese = what("/nothing", Map.of());
    String english = what("/nothing?lang=en", Map.of());
    assertFalse(japanese.equals(english));
    assertEquals(english, what("/nothing", Map.of("Accept-Language", "en-GB,ja;q=0.5")));
    assertEquals(japanese, what("/nothing", Map.of("Accept-Language", "ja,en;q=0.5")));
    assertEquals(japanese, what("/nothing", Map.of("Accept-Language", "fr")));
    assertEquals(japanese, what("/nothing", Map.of("Accept-Language", ";;;")));
    assertEquals(
        english,
        what("/nothing", Map.of("Cookie", "__Host-sekisho-lang=en", "Accept-Language", "ja")));
    assertEquals(japanese, what("/nothing?lang=ja", Map.of("Cookie", "__Host-sekisho-lang=en")));
  }

  @Test
  void textNamesTheHelpLineOfTheSettings() throws Exception {
    assertTrue(body(get("/probe/fail/unforeseen", Map.of())).text().contact().contains("内線 1234"));
  }

  @Test
  void requestThatIsNoHttpIsRefusedInTheSameForm() throws IOException {
    String host = "Host: " + URI.create(origin).getAuthority() + "\r\nConnection: close\r\n\r\n";
    for (String request :
        List.of(
            "GET /probe/page NOT-HTTP\r\n" + host,
            "GET /a b HTTP/1.1\r\n" + host,
            "GET /%zz HTTP/1.1\r\n" + host,
            "POST /probe/echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + host)) {
      String answer = raw(request);
      assertTrue(answer.contains("\"refusal\":\"INPUT_MALFORMED\""), answer);
      assertTrue(answer.toLowerCase(Locale.ROOT).contains("cache-control: no-store"), answer);
    }
    for (String request :
        List.of(
            "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n" + host,
            "GET / HTTP/1.1\r\nX: " + "y".repeat(20_000) + "\r\n" + host)) {
      String answer = raw(request);
      assertTrue(answer.contains("\"refusal\":\"INPUT_TOO_LARGE\""), answer);
    }
  }

  @Test
  void outsideATrialPeopleComeByTlsWithoutAClientCertificate() throws Exception {
    try (RunningServer tls = RunningServer.startTls()) {
      URI page = URI.create(tls.settings.originTexts().get(0) + "/probe/page");
      assertEquals("https", page.getScheme());
      for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
        try (HttpClient browser =
            Agent.client(tls, tls.keys.serverTls().key(), List.of(), protocol)) {
          HttpResponse<String> answer =
              browser.send(
                  HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString());
          assertEquals("page", answer.body());
          assertEquals(
              "max-age=63072000; includeSubDomains",
              answer.headers().firstValue("Strict-Transport-Security").orElse(""));
        }
      }
      HttpRequest plain =
          HttpRequest.newBuilder(URI.create(page.toString().replace("https", "http"))).build();
      assertThrows(
          IOException.class, () -> client.send(plain, HttpResponse.BodyHandlers.ofByteArray()));
    }
  }

  private String what(String path, Map<String, String> headers) throws Exception {
    return body(get(path, headers)).text().what();
  }
}
