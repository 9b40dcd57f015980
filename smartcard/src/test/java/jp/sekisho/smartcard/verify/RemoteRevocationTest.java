package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.verify.RevocationSource.Status;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CRLs fetched over HTTP, and OCSP, against a small server of our own. Long because lists and
 * answers share the server, its certificates and the ways it misbehaves.
 */
class RemoteRevocationTest {
  private static final Duration AGE = Duration.ofDays(7);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Made ROOT = Made.root("CN=root");
  private static final Made LEAF = Made.leaf("CN=leaf").by(ROOT);

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger asked = new AtomicInteger();
  private final List<String> notices = Collections.synchronizedList(new ArrayList<>());
  private final List<String> refused = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private URI address;
  private List<X509Certificate> chain;
  private Answer answer = question -> new byte[0];
  private int status = 200;
  private final CountDownLatch finish = new CountDownLatch(1);
  private boolean dawdle;

  private interface Answer {
    byte[] to(byte[] question) throws Exception;
  }

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          byte[] body;
          try {
            body = answer.to(exchange.getRequestBody().readAllBytes());
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          if (dawdle) {
            exchange.getResponseBody().write(body, 0, 1);
            exchange.getResponseBody().flush();
            await();
          }
          exchange.getResponseBody().write(body, dawdle ? 1 : 0, body.length - (dawdle ? 1 : 0));
          exchange.close();
        });
    server.setExecutor(threads);
    server.start();
    address = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    chain = List.of(PathVerifier.parse(LEAF.der()), PathVerifier.parse(ROOT.der()));
  }

  @AfterEach
  void stop() {
    finish.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private void await() {
    try {
      finish.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CrlUrl list() {
    return list(TIMEOUT);
  }

  private CrlUrl list(Duration timeout) {
    return list(timeout, PATIENCE);
  }

  private CrlUrl list(Duration timeout, Duration patience) {
    return new CrlUrl(
        client,
        address,
        () -> List.of(chain.get(1)),
        AGE,
        timeout,
        patience,
        InstantSource.fixed(Made.NOW),
        new CrlUrl.Notices() {
          @Override
          public void unreachable(String notice) {
            notices.add(notice);
          }

          @Override
          public void refused(String notice) {
            notices.add(notice);
            refused.add(notice);
          }
        });
  }

  @Test
  void aSenderThatDawdlesHoldsNobodyLongerThanTheTimeGiven() {
    Duration limit = Duration.ofMillis(300);
    CrlUrl list = list(limit);
    answer = question -> MadeCrl.by(ROOT).der();
    dawdle = true;
    assertTimeoutPreemptively(PATIENCE, () -> assertFalse(list.refresh()));
    assertEquals(1, notices.size(), notices.toString());
    answer = question -> respond(question, new Said(CertificateStatus.GOOD, Made.NOW, ROOT, true));
    OcspResponder responder = new OcspResponder(client, address, AGE, limit);
    Status said = assertTimeoutPreemptively(PATIENCE, () -> responder.check(chain, Made.NOW));
    assertTrue(said instanceof Status.Unknown, said.toString());
    dawdle = false;
    CrlUrl again = list();
    answer = question -> MadeCrl.by(ROOT).der();
    assertTrue(again.refresh());
  }

  @Test
  void aFetchThatWasCutOffIsTriedAgain() {
    CrlUrl list = list(Duration.ofSeconds(1));
    answer = question -> MadeCrl.by(ROOT).der();
    dawdle = true;
    assertTimeoutPreemptively(PATIENCE, () -> assertFalse(list.refresh()));
    dawdle = false;
    finish.countDown();
    Await.until("the list is fetched after all", PATIENCE, list::refresh);
  }

  @Test
  void whoeverStandsInTheLineCannotExchangeAGoodList() {
    answer = question -> MadeCrl.by(ROOT).number(5).revoke(LEAF).der();
    CrlUrl list = list();
    assertTrue(list.refresh());
    Made stranger = Made.root("CN=root");
    for (MadeCrl other :
        List.of(
            MadeCrl.by(ROOT).number(4),
            MadeCrl.by(stranger).number(6),
            MadeCrl.by(ROOT).number(6).signedWith("SHA1withECDSA"),
            MadeCrl.by(ROOT).number(6).between(Made.NOW.minus(AGE), Made.NOW.minusSeconds(1)))) {
      answer = question -> other.der();
      notices.clear();
      assertFalse(list.refresh());
      assertFalse(notices.isEmpty());
      assertTrue(list.check(chain, Made.NOW) instanceof Status.Revoked);
    }
    answer = question -> MadeCrl.by(ROOT).number(6).der();
    assertTrue(list.refresh());
    assertEquals(new Status.Good(), list.check(chain, Made.NOW));
  }

  /** Several lists in one answer. */
  private static byte[] pem(MadeCrl... lists) {
    StringBuilder text = new StringBuilder();
    for (MadeCrl one : lists) {
      text.append("-----BEGIN X509 CRL-----\n")
          .append(Base64.getMimeEncoder().encodeToString(one.der()))
          .append("\n-----END X509 CRL-----\n");
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static MadeCrl delta(int number, int base) {
    return MadeCrl.by(ROOT).number(number).delta(base);
  }

  @Test
  void whoeverStandsInTheLineCannotTakeTheDeltaOutOfTheAnswer() {
    answer = question -> pem(MadeCrl.by(ROOT).number(5), delta(6, 5).revoke(LEAF));
    CrlUrl list = list();
    assertTrue(list.refresh());
    assertTrue(list.check(chain, Made.NOW) instanceof Status.Revoked);
    for (byte[] other :
        List.of(
            MadeCrl.by(ROOT).number(5).der(),
            pem(delta(6, 5)),
            pem(MadeCrl.by(ROOT).number(5), delta(8, 7)),
            pem(MadeCrl.by(ROOT).number(7), delta(5, 4)))) {
      answer = question -> other;
      refused.clear();
      assertFalse(list.refresh());
      assertEquals(1, refused.size(), refused.toString());
      assertTrue(list.check(chain, Made.NOW) instanceof Status.Revoked);
    }
    answer = question -> MadeCrl.by(ROOT).number(6).der();
    assertTrue(list.refresh(), "a complete list that is as new needs no delta");
    assertEquals(new Status.Good(), list.check(chain, Made.NOW));
    answer = question -> pem(MadeCrl.by(ROOT).number(7), delta(8, 7));
    assertTrue(list.refresh(), "and deltas may begin again");
  }

  @Test
  void aDawdlingAddressHoldsNoCheckThatTheFilesAnswer(@TempDir Path directory) throws Exception {
    answer = question -> MadeCrl.by(ROOT).number(9).der();
    dawdle = true;
    CrlFiles lists =
        CrlFiles.and(list(TIMEOUT, Duration.ofMillis(100)), directory, "*.crl", AGE, notices::add);
    Files.write(directory.resolve("a.crl"), MadeCrl.by(ROOT).number(1).der());
    assertEquals(new Status.Good(), lists.check(chain, Made.NOW));
    Files.write(directory.resolve("b.crl"), MadeCrl.by(ROOT).number(2).revoke(LEAF).der());
    assertTrue(lists.check(chain, Made.NOW) instanceof Status.Revoked);
    assertEquals(0, asked.get());
    Files.delete(directory.resolve("a.crl"));
    Files.delete(directory.resolve("b.crl"));
    // Now somebody waits, but not to the end of the fetch; and two do not fetch twice.
    assertTrue(lists.check(chain, Made.NOW) instanceof Status.Unknown);
    assertTrue(lists.check(chain, Made.NOW) instanceof Status.Unknown);
    finish.countDown();
    Await.until(
        "the fetch nobody waited for counts",
        PATIENCE,
        () -> lists.check(chain, Made.NOW) instanceof Status.Good);
    assertEquals(1, asked.get());
  }

  @Test
  void aCheckWaitsForTheFirstFetchOfAnother(@TempDir Path directory) throws Exception {
    answer = question -> MadeCrl.by(ROOT).der();
    dawdle = true;
    CrlUrl list = list();
    CrlFiles lists = CrlFiles.and(list, directory, "*.crl", AGE, notices::add);
    Future<Boolean> timer = threads.submit(list::refresh);
    Await.until("the first fetch is under way", PATIENCE, () -> asked.get() == 1);
    AtomicReference<Thread> waiting = new AtomicReference<>();
    Future<Status> check =
        threads.submit(() -> {
          waiting.set(Thread.currentThread());
          return lists.check(chain, Made.NOW);
        });
    Await.until(
        "the check waits",
        PATIENCE,
        () -> check.isDone() || waiting.get().getState() == Thread.State.TIMED_WAITING);
    finish.countDown();
    assertEquals(new Status.Good(), check.get());
    assertTrue(timer.get());
    assertEquals(1, asked.get());
  }

  @Test
  void aCrlIsFetchedOnceAndThenOnlyByTheOwnersTimer() {
    answer = question -> MadeCrl.by(ROOT).der();
    CrlUrl list = list();
    assertEquals(new Status.Good(), list.check(chain, Made.NOW));
    assertEquals(new Status.Good(), list.check(chain, Made.NOW));
    assertEquals(1, asked.get());
    answer = question -> MadeCrl.by(ROOT).number(2).revoke(LEAF).der();
    assertEquals(new Status.Good(), list.check(chain, Made.NOW));
    long before = list.generation();
    assertTrue(list.refresh());
    assertTrue(list.generation() != before);
    assertTrue(list.check(chain, Made.NOW) instanceof Status.Revoked);
  }

  @Test
  void aFetchThatFailsKeepsTheOldListUntilItIsTooOld() {
    answer =
        question -> MadeCrl.by(ROOT).between(Made.NOW, Made.NOW.plus(Duration.ofDays(99))).der();
    CrlUrl list = list();
    assertTrue(list.refresh());
    answer = question -> new byte[] {0x30, 0};
    assertFalse(list.refresh());
    status = 500;
    assertFalse(list.refresh());
    server.stop(0);
    assertFalse(list.refresh());
    assertEquals(3, notices.size(), notices.toString());
    assertEquals(notices.subList(0, 1), refused, "an answer; the others are none");
    assertEquals(new Status.Good(), list.check(chain, Made.NOW));
    assertTrue(list.check(chain, Made.NOW.plus(AGE).plusSeconds(1)) instanceof Status.Unknown);
  }

  @Test
  void withoutAnyListTheAnswerIsUnknown() {
    status = 404;
    assertTrue(list().check(chain, Made.NOW) instanceof Status.Unknown);
  }

  /** What a responder says. */
  private record Said(
      CertificateStatus status, Instant thisUpdate, Made signer, boolean withNonce) {}

  private static byte[] respond(byte[] question, Said said) throws Exception {
    return respond(question, said, "SHA256withECDSA", null, null);
  }

  private static byte[] respond(
      byte[] question,
      Said said,
      String algorithm,
      @Nullable Extension more,
      @Nullable Extensions single)
      throws Exception {
    OCSPReq request = new OCSPReq(question);
    BasicOCSPRespBuilder builder =
        new BasicOCSPRespBuilder(
            SubjectPublicKeyInfo.getInstance(said.signer.key().getPublic().getEncoded()),
            new BcDigestCalculatorProvider().get(org.bouncycastle.cert.ocsp.RespID.HASH_SHA1));
    builder.addResponse(
        request.getRequestList()[0].getCertID(),
        said.status,
        Date.from(said.thisUpdate),
        Date.from(Made.NOW.plus(Duration.ofDays(30))),
        single);
    Extension nonce = request.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
    Extension echoed =
        said.withNonce
            ? nonce
            : new Extension(
                OCSPObjectIdentifiers.id_pkix_ocsp_nonce,
                false,
                new DEROctetString(new byte[32]).getEncoded());
    builder.setResponseExtensions(
        more == null ? new Extensions(echoed) : new Extensions(new Extension[] {echoed, more}));
    return new OCSPRespBuilder()
        .build(
            OCSPResp.SUCCESSFUL,
            builder.build(
                new JcaContentSignerBuilder(algorithm).build(said.signer.key().getPrivate()),
                new X509CertificateHolder[] {new X509CertificateHolder(said.signer.der())},
                Date.from(Made.NOW)))
        .getEncoded();
  }

  private Status ask(Said said) {
    answer = question -> respond(question, said);
    return new OcspResponder(client, address, AGE, TIMEOUT).check(chain, Made.NOW);
  }

  private static Made.Recipe responder() {
    return Made.leaf("CN=ocsp")
        .with(
            Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_OCSPSigning))
        .with(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck, false, DERNull.INSTANCE);
  }

  @Test
  void rfc6960TheIssuerOrItsDelegateAnswersForTheCard() {
    for (Made signer : List.of(ROOT, responder().by(ROOT))) {
      assertEquals(
          new Status.Good(), ask(new Said(CertificateStatus.GOOD, Made.NOW, signer, true)));
      assertTrue(
          ask(new Said(new RevokedStatus(Date.from(Made.NOW), 1), Made.NOW, signer, true))
              instanceof Status.Revoked);
      assertTrue(
          ask(new Said(new UnknownStatus(), Made.NOW, signer, true)) instanceof Status.Unknown);
    }
  }

  @Test
  void rfc6960AnAnswerByAClockALittleBeforeOursIsBelieved() {
    for (Duration ahead : List.of(Duration.ofMillis(1), Duration.ofMinutes(5))) {
      assertEquals(
          new Status.Good(),
          ask(new Said(CertificateStatus.GOOD, Made.NOW.plus(ahead), ROOT, true)));
    }
  }

  @Test
  void rfc6960CriticalExtensionsWeDoNotKnowAndSha1MakeTheAnswerNone() throws Exception {
    Said good = new Said(CertificateStatus.GOOD, Made.NOW, ROOT, true);
    byte[] value = DERNull.INSTANCE.getEncoded();
    Extension open = new Extension(Extension.instructionCode, false, value);
    Extension critical = new Extension(Extension.instructionCode, true, value);
    OcspResponder responder = new OcspResponder(client, address, AGE, TIMEOUT);
    answer = question -> respond(question, good, "SHA256withECDSA", open, new Extensions(open));
    assertEquals(new Status.Good(), responder.check(chain, Made.NOW));
    answer = question -> respond(question, good, "SHA256withECDSA", critical, null);
    assertTrue(responder.check(chain, Made.NOW) instanceof Status.Unknown);
    answer = question -> respond(question, good, "SHA256withECDSA", null, new Extensions(critical));
    assertTrue(responder.check(chain, Made.NOW) instanceof Status.Unknown);
    answer = question -> respond(question, good, "SHA1withECDSA", null, null);
    assertTrue(responder.check(chain, Made.NOW) instanceof Status.Unknown);
  }

  @Test
  void rfc6960AnAnswerFromAnybodyElseIsUnknown() {
    Made stranger = Made.root("CN=root");
    for (Made signer :
        List.of(
            stranger,
            responder().by(stranger),
            LEAF,
            responder().without(Extension.extendedKeyUsage).by(ROOT),
            responder().usage(KeyUsage.keyEncipherment).by(ROOT),
            responder().with(Extension.basicConstraints, true, new BasicConstraints(true)).by(ROOT),
            responder().signedWith("SHA1withECDSA").by(ROOT),
            responder().without(OCSPObjectIdentifiers.id_pkix_ocsp_nocheck).by(ROOT),
            responder().valid(Made.NOW.minus(AGE), Made.NOW.minusSeconds(1)).by(ROOT))) {
      assertTrue(
          ask(new Said(CertificateStatus.GOOD, Made.NOW, signer, true)) instanceof Status.Unknown);
    }
  }

  @Test
  void rfc6960AnOldAnswerOrOneToAnotherQuestionIsUnknown() {
    assertTrue(
        ask(new Said(CertificateStatus.GOOD, Made.NOW, ROOT, false)) instanceof Status.Unknown);
    for (Instant when : List.of(Made.NOW.minus(AGE).minusSeconds(1), Made.NOW.plusSeconds(301))) {
      assertTrue(ask(new Said(CertificateStatus.GOOD, when, ROOT, true)) instanceof Status.Unknown);
    }
    for (byte[] bytes : new byte[][] {{}, {0x30, 0}, {1, 2, 3}, new byte[70_000]}) {
      answer = question -> bytes;
      assertTrue(
          new OcspResponder(client, address, AGE, TIMEOUT).check(chain, Made.NOW)
              instanceof Status.Unknown);
    }
    status = 503;
    assertTrue(
        ask(new Said(CertificateStatus.GOOD, Made.NOW, ROOT, true)) instanceof Status.Unknown);
  }

  @Test
  void bothStandBesideACrlInOneSource() throws Exception {
    CrlUrl list = list();
    answer = question -> MadeCrl.by(ROOT).der();
    assertTrue(list.refresh());
    answer = question -> respond(question, new Said(CertificateStatus.GOOD, Made.NOW, ROOT, true));
    PathVerifier verifier =
        new PathVerifier(
            InstantSource.fixed(Made.NOW),
            new TrustProfile(
                List.of(chain.get(1)),
                Optional.empty(),
                RevocationSource.all(
                    List.of(list, new OcspResponder(client, address, AGE, TIMEOUT)))));
    assertTrue(verifier.verify(LEAF.der(), List.of()) instanceof Verdict.Trusted);
    answer =
        question ->
            respond(
                question,
                new Said(new RevokedStatus(Date.from(Made.NOW), 1), Made.NOW, ROOT, true));
    assertFalse(verifier.verify(LEAF.der(), List.of()) instanceof Verdict.Trusted);
  }
}
