package jp.sekisho.keycloak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.RefusalText;
import jp.sekisho.protocol.RelyingAnswer;
import jp.sekisho.protocol.RelyingAsk;
import jp.sekisho.protocol.RelyingEvents;
import jp.sekisho.protocol.RelyingProof;
import jp.sekisho.protocol.RelyingQuestion;
import jp.sekisho.protocol.RelyingRecords;
import jp.sekisho.protocol.RelyingSessions;
import jp.sekisho.protocol.WireJson;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real TLS server may say, and what is made of it.
 *
 * <p>Past 400 lines: one server, and a case for each thing it may say.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SekishoServiceTest {
  private static final RelyingAsk ASK =
      new RelyingAsk("city", "groupware", "sid", "192.0.2.7", null);
  private static final RelyingAnswer ANSWER =
      new RelyingAnswer("city", "groupware", "sid", "secret", "answer");
  private static final String TRANSACTION = "AAECAwQFBgcICQoLDA0ODw";

  @TempDir static Path directory;
  private final AtomicReference<HttpHandler> handler = new AtomicReference<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private TestKeys keys;
  private HttpsServer server;
  private SekishoService service;

  @BeforeAll
  void start() throws Exception {
    keys = TestKeys.shared();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(keys.server()) {
          @Override
          public void configure(HttpsParameters parameters) {
            parameters.setNeedClientAuth(true);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            handler.get().handle(exchange);
          }
        });
    server.setExecutor(threads);
    server.start();
    service = new SekishoService(settings(keys.trust()));
  }

  @AfterAll
  void stop() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private ServiceSettings settings(Path trust) {
    return new ServiceSettings(
        URI.create("https://localhost:" + server.getAddress().getPort()),
        keys.certificate(),
        keys.key(),
        trust,
        "city");
  }

  private void says(int status, byte[] body) {
    handler.set(exchange -> {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    });
  }

  private void says(int status, Object body) {
    says(status, WireJson.write(body));
  }

  private static byte[] refusal(Refusal reason) {
    return WireJson.write(RefusalBody.of(reason, Locale.JAPANESE, Map.of("help", "1234")));
  }

  private static <T> T said(Reply<T> reply) {
    return reply.match(value -> value, body -> fail(body.toString()), why -> fail(why));
  }

  private static void assertUnavailable(Reply<?> reply) {
    assertUnavailable(reply, "");
  }

  private static void assertUnavailable(Reply<?> reply, String message) {
    assertTrue(reply.<Boolean>match(value -> false, body -> false, why -> true), message);
  }

  private Reply<RelyingQuestion> ask() {
    return ask(service, Locale.JAPANESE);
  }

  private static Reply<RelyingQuestion> ask(SekishoService service, Locale language) {
    return service.ask(ASK.client(), ASK.session(), ASK.source(), ASK.back(), language);
  }

  private Reply<RelyingProof> answer() {
    return service.answer(
        TRANSACTION,
        ANSWER.client(),
        ANSWER.session(),
        ANSWER.secret(),
        ANSWER.answer(),
        Locale.JAPANESE);
  }

  private static RelyingProof proof(String realm, String session, String transaction) {
    return new RelyingProof(
        realm, session, transaction, "S-1", "mayor", "T-1", RelyingProof.CARD, List.of("sc"), 7);
  }

  @Test
  void aQuestionIsReadAndTheRequestSaysLanguageAndRoute() throws MalformedException {
    AtomicReference<String> seen = new AtomicReference<>();
    AtomicReference<byte[]> sent = new AtomicReference<>(new byte[0]);
    handler.set(exchange -> {
      seen.set(
          exchange.getRequestMethod()
              + " "
              + exchange.getRequestURI()
              + " "
              + exchange.getRequestHeaders().getFirst("Accept-Language"));
      sent.set(exchange.getRequestBody().readAllBytes());
      byte[] body = WireJson.write(new RelyingQuestion(TRANSACTION, "secret", "2026-11-21", null));
      exchange.sendResponseHeaders(201, body.length);
      exchange.getResponseBody().write(body);
    });
    assertEquals(new RelyingQuestion(TRANSACTION, "secret", "2026-11-21", null), said(ask()));
    assertEquals("POST /agent/v1/services/transactions ja", seen.get());
    assertEquals(ASK, WireJson.read(sent.get(), RelyingAsk.class));
  }

  @Test
  void whatIsSentIsTheRecordThatTheServiceReads() throws MalformedException {
    AtomicReference<byte[]> sent = new AtomicReference<>(new byte[0]);
    handler.set(exchange -> {
      sent.set(exchange.getRequestBody().readAllBytes());
      exchange.sendResponseHeaders(500, -1);
    });
    assertUnavailable(answer());
    assertEquals(ANSWER, WireJson.read(sent.get(), RelyingAnswer.class));
    assertUnavailable(
        service.ask("mobile", "sid", "192.0.2.7", "https://sso/back", Locale.ENGLISH));
    assertEquals(
        new RelyingAsk("city", "mobile", "sid", "192.0.2.7", "https://sso/back"),
        WireJson.read(sent.get(), RelyingAsk.class));
    assertUnavailable(service.ended(7));
    assertEquals(new RelyingSessions("city", 7), WireJson.read(sent.get(), RelyingSessions.class));
    assertUnavailable(service.take("spool", List.of("a", "b")));
    assertEquals(
        new RelyingRecords("city", "spool", List.of("a", "b")),
        WireJson.read(sent.get(), RelyingRecords.class));
    assertEquals(RelyingRecords.MOST, SekishoService.MOST);
    assertUnavailable(service.missing(List.of("a")));
    assertEquals(
        new RelyingEvents("city", List.of("a")), WireJson.read(sent.get(), RelyingEvents.class));
  }

  /** A client keeps one that showed a certificate for that certificate's holder only. */
  @Test
  void callsOneAfterTheOtherShareAConnectionAndItsHandshake() {
    Set<InetSocketAddress> ends = ConcurrentHashMap.newKeySet();
    byte[] body = WireJson.write(new RelyingQuestion(TRANSACTION, "secret", "2026-11-21", null));
    handler.set(exchange -> {
      ends.add(exchange.getRemoteAddress());
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(201, body.length);
      exchange.getResponseBody().write(body);
    });
    for (int i = 0; i < 5; i++) {
      assertEquals(TRANSACTION, said(ask()).transaction());
    }
    assertEquals(1, ends.size(), ends.toString());
  }

  @Test
  void anIdOrAPageThatIsNoneIsUnavailable() {
    for (RelyingQuestion wrong :
        List.of(
            new RelyingQuestion("a b", "secret", "2026-11-21", null),
            new RelyingQuestion(TRANSACTION + "/..", "secret", "2026-11-21", null),
            new RelyingQuestion(TRANSACTION, "secret", "2026-11-21", "https://x y/"),
            new RelyingQuestion(TRANSACTION, "secret", "2026-11-21", "javascript:alert(1)"))) {
      says(201, wrong);
      assertUnavailable(ask(), wrong.toString());
    }
    says(
        201,
        new RelyingQuestion(TRANSACTION, "s", "t", "https://auth.city.example:8443/relying/x"));
    assertEquals(TRANSACTION, said(ask()).transaction());
  }

  @Test
  void aServiceThatHangsHoldsAFewPagesAndTheOthersAreToldAtOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(SekishoService.PAGES);
    CountDownLatch go = new CountDownLatch(1);
    handler.set(exchange -> {
      asked.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.sendResponseHeaders(500, -1);
    });
    List<Thread> pages = new ArrayList<>();
    for (int i = 0; i < SekishoService.PAGES; i++) {
      Thread page = new Thread(() -> assertUnavailable(ask()));
      page.start();
      pages.add(page);
    }
    asked.await();
    long from = System.nanoTime();
    assertUnavailable(ask());
    long took = System.nanoTime() - from;
    assertTrue(took < SekishoService.WHOLE.toNanos() / 2, took / 1_000_000 + " ms");
    go.countDown();
    for (Thread page : pages) {
      page.join();
    }
    says(201, new RelyingQuestion(TRANSACTION, "secret", "2026-11-21", null));
    assertEquals(TRANSACTION, said(ask()).transaction(), "and then it goes on");
  }

  @Test
  void aRefusalThatThePersonCanActUponIsOne() {
    says(403, refusal(Refusal.NOT_ENROLLED));
    Refused body = refusedBy(answer());
    assertEquals("NOT_ENROLLED", body.refusal());
    RefusalText sent =
        RefusalText.of(Refusal.NOT_ENROLLED, Locale.JAPANESE, Map.of("help", "1234"));
    assertEquals(
        new Refused.Text(sent.what(), sent.why(), sent.action(), sent.contact()), body.text());
  }

  private static Refused refusedBy(Reply<RelyingProof> reply) {
    return reply.match(proof -> fail(proof.toString()), refused -> refused, why -> fail(why));
  }

  /** The service is upgraded first: it brings the words for what this provider never heard of. */
  @Test
  void aRefusalThatIsNewerThanThisProviderIsSaidInTheServicesWords() {
    String text = "{\"what\":\"a\",\"why\":\"b\",\"action\":\"c\",\"contact\":\"d\"}";
    says(403, ("{\"refusal\":\"NEWER_THAN_US\",\"text\":" + text + "}").getBytes(UTF_8));
    assertEquals(
        new Refused("NEWER_THAN_US", new Refused.Text("a", "b", "c", "d")), refusedBy(answer()));
    for (String noName : List.of("", "a sentence", "\\u0022><b>", "lower")) {
      says(403, ("{\"refusal\":\"" + noName + "\",\"text\":" + text + "}").getBytes(UTF_8));
      assertUnavailable(answer(), noName);
    }
  }

  @Test
  void everyRefusalThatThisProviderNamesIsOneOfTheWire() throws IOException {
    Set<String> known = new HashSet<>();
    for (Refusal refusal : Refusal.values()) {
      known.add(refusal.name());
    }
    Set<String> named = new TreeSet<>();
    try (Stream<Path> sources = Files.list(Path.of("src/main/java/jp/sekisho/keycloak"))) {
      for (Path source : sources.toList()) {
        Matcher name =
            Pattern.compile("\"([A-Z]+(?:_[A-Z]+)+)\"").matcher(Files.readString(source));
        while (name.find()) {
          named.add(name.group(1));
        }
      }
    }
    assertTrue(named.size() >= 14, named.toString());
    named.removeAll(known);
    assertEquals(Set.of(), named);
  }

  @Test
  void whatIsOursToMendIsNoRefusalOfThePerson() {
    for (Refusal reason :
        List.of(
            Refusal.SERVICE_REALM,
            Refusal.SERVICE_REVOKED,
            Refusal.DEVICE_CERT_EXPIRED,
            Refusal.DEVICE_CERT_FOREIGN,
            Refusal.NOT_FOUND,
            Refusal.STORAGE_FAILED,
            Refusal.INTERNAL)) {
      says(reason.httpStatus(), refusal(reason));
      assertUnavailable(ask(), reason.name());
    }
  }

  @Test
  void garbageInEveryFormIsUnavailable() {
    for (String body :
        List.of("", "{}", "null", "[]", "<html>", "{\"transaction\":\"x\"}", "\u0000")) {
      for (int status : List.of(200, 201, 403, 500)) {
        says(status, body.getBytes(UTF_8));
        assertUnavailable(ask(), status + " " + body);
      }
    }
    says(302, new byte[0]);
    assertUnavailable(ask());
    says(403, "{\"refusal\":\"NEWER_THAN_US\"}".getBytes(UTF_8));
    assertUnavailable(ask());
  }

  @Test
  void anAnswerAboutAnotherLoginIsUnavailable() {
    for (RelyingProof other :
        List.of(
            proof("master", "sid", TRANSACTION),
            proof("city", "other", TRANSACTION),
            proof("city", "sid", "other"))) {
      says(200, other);
      assertUnavailable(answer());
    }
    says(200, proof("city", "sid", TRANSACTION));
    assertEquals(proof("city", "sid", TRANSACTION), said(answer()));
  }

  @Test
  void aBodyWithoutEndIsGivenUp() {
    handler.set(exchange -> {
      exchange.sendResponseHeaders(200, 0);
      trickle(exchange, new byte[64 * 1024]);
    });
    assertUnavailable(ask());
  }

  @Test
  void headersWithoutABodyAndSilenceAreGivenUpInTime() {
    handler.set(exchange -> {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().flush();
      hang();
    });
    assertUnavailable(ask());
    handler.set(exchange -> hang());
    assertUnavailable(ask());
  }

  /** Each byte comes in time, all of them do not; they would be an answer. */
  @Test
  void aBodyThatTricklesIsGivenUpInTime() {
    handler.set(exchange -> {
      exchange.sendResponseHeaders(201, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        for (int i = 0; i < 300 && !over.await(100, TimeUnit.MILLISECONDS); i++) {
          out.write(' ');
          out.flush();
        }
        out.write(WireJson.write(new RelyingQuestion(TRANSACTION, "secret", "2026-11-21", null)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    assertUnavailable(ask());
  }

  private static void trickle(HttpExchange exchange, byte[] part) throws IOException {
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < 64; i++) {
        out.write(part);
      }
    }
  }

  private void hang() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aServerOfAnotherCaIsUnavailable() throws Exception {
    says(201, new RelyingQuestion(TRANSACTION, "secret", "2026-11-21", null));
    SekishoService misled = new SekishoService(settings(keys.certificate()));
    assertUnavailable(ask(misled, Locale.ENGLISH));
  }

  @Test
  void filesThatAreNoneAreRefusedAtTheStart() throws IOException, GeneralSecurityException {
    Path empty = Files.createTempFile(directory, "empty", ".pem");
    assertThrows(Exception.class, () -> new SekishoService(settings(empty)));
    assertTrue(Files.exists(keys.key()));
  }
}
