package jp.sekisho.agent.loopback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import jp.sekisho.agent.ipc.Waiting;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seat;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.TerminalVoucher;
import jp.sekisho.protocol.WireJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * docs/protocol.md, "The agent's loopback port", by raw requests over real connections.
 *
 * <p>Past 400 lines: a case for each rule there.
 */
class LoopbackServerTest {
  private static final String ORIGIN = "https://auth.city.example";
  private static final String TRANSACTION = "AAAAAAAAAAAAAAAAAAAAAA";
  private static final String BODY = "{\"transaction\":\"" + TRANSACTION + "\"}";

  private record PlainSeat(int uid) implements Seat {
    @Override
    public Locale language() {
      return Locale.JAPANESE;
    }

    @Override
    public PinOutcome askPin(PinPrompt prompt, Duration atMost, Runnable shown) {
      return new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE);
    }

    @Override
    public void lock() {}
  }

  private static final class Calls implements LoopbackCalls {
    private final List<Refusal> refused = new CopyOnWriteArrayList<>();
    private final List<String> logins = new CopyOnWriteArrayList<>();
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private volatile LoginResult result = new LoginResult.Answered("opaque");
    private volatile boolean wait;

    @Override
    public LoginResult login(Seat seat, String origin, LoopbackLogin request, Locale locale) {
      logins.add(seat.uid() + " " + origin + " " + request.transaction() + " " + locale);
      if (wait) {
        try {
          mayEnd.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return result;
    }

    @Override
    public VouchResult vouch(Seat seat, String origin, LoopbackLogin request) {
      logins.add("vouch " + seat.uid() + " " + origin + " " + request.transaction());
      return result instanceof LoginResult.Refused refused
          ? new VouchResult.Refused(refused.reason())
          : new VouchResult.Vouched(new TerminalVoucher("statement", "signature", "challenge"));
    }

    @Override
    public LoopbackStatus status(Seat seat, Locale locale) {
      if (locale.equals(Locale.ENGLISH) && result instanceof LoginResult.Refused) {
        throw new IllegalStateException("a fault of the agent");
      }
      return new LoopbackStatus("T-0042", "active", null, "reader", 3);
    }

    @Override
    public void refused(Refusal reason) {
      refused.add(reason);
    }
  }

  private record Answer(int status, String head, String body) {
    Refusal refusal() throws Exception {
      return WireJson.read(body.getBytes(StandardCharsets.UTF_8), RefusalBody.class).refusal();
    }
  }

  private final Calls calls = new Calls();
  private final Seats seats = new Seats();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-21T00:00:00Z"));
  private volatile OptionalInt peer = OptionalInt.of(1001);
  private LoopbackServer server;
  private int port;

  @BeforeEach
  void open() throws IOException {
    seats.add(new PlainSeat(1001));
    server =
        new LoopbackServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            (client, local) -> peer,
            seats,
            calls,
            () -> List.of(ORIGIN, "http://localhost:8080"),
            () -> "内線 1234",
            now::get);
    port = server.address().getPort();
  }

  @AfterEach
  void close() {
    calls.mayEnd.countDown();
    server.close();
  }

  private Answer send(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String all;
      try {
        all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (java.net.SocketException e) {
        // Cut off while bytes were still on the way.
        return new Answer(0, "", "");
      }
      if (all.isEmpty()) {
        return new Answer(0, "", "");
      }
      String[] parts = all.split("\r\n\r\n", 2);
      return new Answer(Integer.parseInt(parts[0].substring(9, 12)), parts[0], parts[1]);
    }
  }

  private String request(String line, String headers, String body) {
    return line
        + " HTTP/1.1\r\nHost: 127.0.0.1:"
        + port
        + "\r\nConnection: close\r\n"
        + headers
        + (body.isEmpty()
            ? ""
            : "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n")
        + "\r\n"
        + body;
  }

  private Answer get(String path, String headers) throws IOException {
    return send(request("GET " + path, headers, ""));
  }

  private Answer login(String headers, String body) throws IOException {
    return send(
        request(
            "POST /v1/login",
            "Origin: " + ORIGIN + "\r\nContent-Type: application/json\r\n" + headers,
            body));
  }

  @Test
  void statusIsToldToAListedPageAtASeat() throws Exception {
    Answer answer = get("/v1/status", "Origin: " + ORIGIN + "\r\n");
    assertEquals(200, answer.status());
    assertEquals(
        new LoopbackStatus("T-0042", "active", null, "reader", 3),
        WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), LoopbackStatus.class));
    assertTrue(answer.head().contains("Access-control-allow-origin: " + ORIGIN), answer.head());
    assertTrue(answer.head().contains("Cache-control: no-store"), answer.head());
    assertTrue(answer.head().contains("X-content-type-options: nosniff"), answer.head());
    assertTrue(answer.head().contains("Vary: Origin"), answer.head());
    assertTrue(answer.head().contains("Content-type: application/json"), answer.head());
  }

  @Test
  void passkeyHandsSeatOriginAndTransactionOnAndTheVoucherBack() throws Exception {
    String json = "Origin: " + ORIGIN + "\r\nContent-Type: application/json\r\n";
    Answer answer = send(request("POST /v1/passkey", json, BODY));
    assertEquals(200, answer.status());
    assertEquals(
        new TerminalVoucher("statement", "signature", "challenge"),
        WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), TerminalVoucher.class));
    assertTrue(calls.logins.get(0).startsWith("vouch 1001 " + ORIGIN), calls.logins.get(0));
    calls.result = new LoginResult.Refused(Refusal.TOO_MANY, null, null);
    assertEquals(Refusal.TOO_MANY, send(request("POST /v1/passkey", json, BODY)).refusal());
    Answer foreign =
        send(request("POST /v1/passkey", json.replace(ORIGIN, "https://evil.example"), BODY));
    assertEquals(Refusal.ORIGIN_FOREIGN, foreign.refusal());
    assertEquals(2, calls.logins.size());
  }

  @Test
  void loginHandsSeatOriginAndTransactionOnAndTheAnswerBack() throws Exception {
    Answer answer = login("Accept-Language: en-GB,ja;q=0.5\r\n", BODY);
    assertEquals(200, answer.status());
    assertEquals(
        new PostedAnswer("opaque"),
        WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), PostedAnswer.class));
    assertEquals(List.of("1001 " + ORIGIN + " " + TRANSACTION + " en"), calls.logins);
  }

  @Test
  void refusedLoginSaysWhyWithTriesAndReaderInTheLanguageOfTheRequest() throws Exception {
    calls.result = new LoginResult.Refused(Refusal.PIN_WRONG, 2, "ACR39U");
    Answer answer = login("Accept-Language: en\r\n", BODY);
    RefusalBody body =
        WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), RefusalBody.class);
    assertEquals(403, answer.status());
    assertEquals(Refusal.PIN_WRONG, body.refusal());
    assertEquals(2, body.triesLeft());
    assertTrue(body.text().contact().contains("内線 1234"), body.text().contact());
    Answer japanese = login("", BODY);
    assertTrue(japanese.body().contains("職員証"), japanese.body());
  }

  @Test
  void foreignOriginsLearnNothing() throws Exception {
    for (String origin :
        new String[] {
          "",
          "Origin: https://evil.example\r\n",
          "Origin: null\r\n",
          "Origin: " + ORIGIN + ".evil.example\r\n",
          "Origin: " + ORIGIN + ":8443\r\n",
          "Origin: HTTPS://AUTH.CITY.EXAMPLE\r\n",
          "Origin: " + ORIGIN + "\r\nOrigin: https://evil.example\r\n"
        }) {
      Answer answer = get("/v1/status", origin);
      assertEquals(Refusal.ORIGIN_FOREIGN, answer.refusal(), origin);
      assertEquals(403, answer.status());
      assertFalse(answer.head().toLowerCase(Locale.ROOT).contains("access-control"), origin);
      assertFalse(answer.body().contains("T-0042"));
    }
    assertEquals(List.of(), calls.logins);
  }

  @Test
  void foreignOriginIsRefusedBeforeThePeerIsLookedAt() throws Exception {
    peer = OptionalInt.empty();
    assertEquals(Refusal.ORIGIN_FOREIGN, get("/v1/status", "").refusal());
    assertEquals(List.of(Refusal.ORIGIN_FOREIGN), calls.refused);
  }

  @Test
  void otherHostNamesAreRefused() throws Exception {
    for (String host :
        new String[] {"evil.example:" + port, "127.0.0.1", "127.0.0.1:1", "[::1]:" + port}) {
      Answer answer =
          send(
              "GET /v1/status HTTP/1.1\r\nConnection: close\r\nHost: "
                  + host
                  + "\r\nOrigin: "
                  + ORIGIN
                  + "\r\n\r\n");
      assertEquals(Refusal.ORIGIN_FOREIGN, answer.refusal(), host);
    }
    assertEquals(
        200,
        send("GET /v1/status HTTP/1.1\r\nConnection: close\r\nHost: localhost:"
                + port
                + "\r\nOrigin: "
                + ORIGIN
                + "\r\n\r\n")
            .status());
  }

  @Test
  void peersWithoutASeatAreRefused() throws Exception {
    for (OptionalInt user : List.of(OptionalInt.empty(), OptionalInt.of(1002))) {
      peer = user;
      assertEquals(Refusal.PEER_FOREIGN, login("", BODY).refusal());
      assertEquals(Refusal.PEER_FOREIGN, get("/v1/status", "Origin: " + ORIGIN + "\r\n").refusal());
    }
    assertEquals(List.of(), calls.logins);
  }

  @Test
  void refusedCallersAreReportedOnceAMinutePerReason() throws Exception {
    for (int i = 0; i < 20; i++) {
      get("/v1/status", "");
    }
    peer = OptionalInt.empty();
    login("", BODY);
    login("", BODY);
    assertEquals(List.of(Refusal.ORIGIN_FOREIGN, Refusal.PEER_FOREIGN), calls.refused);
    now.set(now.get().plusSeconds(59));
    get("/v1/status", "");
    assertEquals(2, calls.refused.size());
    now.set(now.get().plusSeconds(1));
    get("/v1/status", "");
    assertEquals(3, calls.refused.size());
    now.set(now.get().minusSeconds(3600));
    get("/v1/status", "");
    assertEquals(4, calls.refused.size(), "a clock set back does not silence the report");
  }

  @Test
  void preflightOfAListedOriginIsAllowed() throws Exception {
    for (String path : new String[] {"/v1/login", "/v1/passkey", "/v1/status"}) {
      Answer answer =
          send(
              request(
                  "OPTIONS " + path,
                  "Origin: "
                      + ORIGIN
                      + "\r\nAccess-Control-Request-Method: POST\r\n"
                      + "Access-Control-Request-Private-Network: true\r\n",
                  ""));
      assertEquals(204, answer.status());
      assertTrue(answer.head().contains("Access-control-allow-origin: " + ORIGIN));
      assertTrue(answer.head().contains("Access-control-allow-methods: GET, POST"));
      assertTrue(answer.head().contains("Access-control-allow-headers: content-type"));
      assertTrue(answer.head().contains("Access-control-allow-private-network: true"));
      assertTrue(answer.head().contains("Vary: Origin"));
    }
  }

  @Test
  void preflightOfAForeignOriginIsRefusedWithoutCors() throws Exception {
    Answer answer = send(request("OPTIONS /v1/login", "Origin: https://evil.example\r\n", ""));
    assertEquals(Refusal.ORIGIN_FOREIGN, answer.refusal());
    assertFalse(answer.head().toLowerCase(Locale.ROOT).contains("access-control"));
  }

  @Test
  void otherRoutesAndMethodsAreNotFound() throws Exception {
    for (String line :
        new String[] {
          "GET /",
          "GET /v1/login",
          "POST /v1/status",
          "DELETE /v1/login",
          "GET /v1/status/x",
          "GET /v1/../v1/status"
        }) {
      Answer answer = send(request(line, "Origin: " + ORIGIN + "\r\n", ""));
      assertEquals(Refusal.NOT_FOUND, answer.refusal(), line);
    }
  }

  @Test
  void malformedBodiesAreRefused() throws Exception {
    for (String body :
        new String[] {
          "x",
          "[]",
          "null",
          "{}",
          "{\"transaction\":null}",
          "{\"transaction\":7}",
          "{\"transaction\":\"short\"}",
          "{\"transaction\":\"AAAAAAAAAAAAAAAAAAAAAB\"}",
          BODY + BODY
        }) {
      assertEquals(Refusal.INPUT_MALFORMED, login("", body).refusal(), body);
    }
    assertEquals(
        Refusal.INPUT_MALFORMED,
        send(request(
                "POST /v1/login", "Origin: " + ORIGIN + "\r\nContent-Type: text/plain\r\n", BODY))
            .refusal());
    assertEquals(List.of(), calls.logins);
  }

  @Test
  void largeBodiesAreRefused() throws Exception {
    String body = "{\"transaction\":\"" + "A".repeat(LoopbackRoutes.MAX_BODY_BYTES) + "\"}";
    assertEquals(Refusal.INPUT_TOO_LARGE, login("", body).refusal());
  }

  @Test
  void largeHeadersReachNobody() throws Exception {
    Answer answer =
        get(
            "/v1/status",
            "Origin: "
                + ORIGIN
                + "\r\nX-Large: "
                + "x".repeat(LoopbackServer.MAX_HEADER_BYTES)
                + "\r\n");
    assertTrue(answer.status() != 200, answer.head());
  }

  @Test
  void oneLoginAtATimePerSeat() throws Exception {
    calls.wait = true;
    seats.add(new PlainSeat(1002));
    CompletableFuture<Answer> first = async(() -> login("", BODY));
    Waiting.until("the first login", () -> calls.logins.size() == 1);
    assertEquals(Refusal.CARD_BUSY, login("", BODY).refusal());
    peer = OptionalInt.of(1002);
    CompletableFuture<Answer> other = async(() -> login("", BODY));
    Waiting.until("the other seat's login", () -> calls.logins.size() == 2);
    calls.mayEnd.countDown();
    assertEquals(200, first.get().status());
    assertEquals(200, other.get().status());
    peer = OptionalInt.of(1001);
    assertEquals(200, login("", BODY).status());
  }

  private interface Sending {
    Answer send() throws IOException;
  }

  private static CompletableFuture<Answer> async(Sending sending) {
    // A thread each: the common pool may have a single one, which the first request would hold.
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                answer.complete(sending.send());
              } catch (IOException e) {
                answer.completeExceptionally(e);
              }
            })
        .start();
    return answer;
  }

  @Test
  void faultOfTheAgentIsInternalAndTellsNothing() throws Exception {
    calls.result = new LoginResult.Refused(Refusal.NO_CARD, null, null);
    Answer answer = get("/v1/status", "Accept-Language: en\r\nOrigin: " + ORIGIN + "\r\n");
    assertEquals(Refusal.INTERNAL, answer.refusal());
    assertFalse(answer.body().contains("a fault of the agent"));
  }

  @Test
  void senderWhoNeverFinishesIsCutOffAndOthersAreServed() throws Exception {
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), port);
        Socket slowBody = new Socket(InetAddress.getLoopbackAddress(), port)) {
      slow.getOutputStream().write("GET /v1/status HTTP/1.1\r\nHost: ".getBytes(UTF_8));
      slowBody
          .getOutputStream()
          .write(
              ("POST /v1/login HTTP/1.1\r\nHost: 127.0.0.1:"
                      + port
                      + "\r\nOrigin: "
                      + ORIGIN
                      + "\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{")
                  .getBytes(UTF_8));
      assertEquals(200, login("", BODY).status());
      slow.setSoTimeout(20_000);
      slowBody.setSoTimeout(20_000);
      assertEnds(slow);
      assertEnds(slowBody);
    }
    assertEquals(1, calls.logins.size());
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  /** A timeout of the read would be another exception than the two ways to be cut off. */
  private static void assertEnds(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (java.net.SocketException e) {
      assertTrue(String.valueOf(e.getMessage()).contains("reset"), e.getMessage());
    }
  }

  @Test
  void onlyTheLoopbackAddressIsServed() {
    for (String address : new String[] {"0.0.0.0", "127.0.0.2", "::1"}) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new LoopbackServer(
                      new InetSocketAddress(address, 0),
                      (client, local) -> peer,
                      seats,
                      calls,
                      List::of,
                      () -> "—",
                      now::get)
                  .close());
    }
  }

  @Test
  void languageIsJapaneseUnlessEnglishIsPreferred() {
    assertEquals(Locale.JAPANESE, Languages.of(null));
    assertEquals(Locale.JAPANESE, Languages.of(List.of("fr")));
    assertEquals(Locale.JAPANESE, Languages.of(List.of("ja,en;q=0.9")));
    assertEquals(Locale.ENGLISH, Languages.of(List.of("en-US,en;q=0.9,ja;q=0.8")));
    assertEquals(Locale.JAPANESE, Languages.of(List.of(";;;=,")));
    assertEquals(Locale.JAPANESE, Languages.of(List.of("en".repeat(500))));
    assertEquals(Locale.JAPANESE, Languages.of(List.of("en", "en")));
  }
}
