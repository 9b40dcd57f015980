package jp.sekisho.agent.cardtrust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.agent.testing.TrustSource;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.smartcard.simulate.TestCa;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CardTrustTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final int BUDGET = 1 << 20;

  /** One of each: keys of a CA take their time. */
  @TempDir static Path shared;

  @TempDir Path temp;
  private final TrustSource service = new TrustSource();
  private final Set<CardKind> kinds = EnumSet.of(CardKind.STAFF_PIV);
  private final List<CardTrust> open = new ArrayList<>();
  private Optional<Instant> serverTime = Optional.of(Instant.now());

  /** What time it is where the service was not heard. */
  private Optional<Instant> otherwise = Optional.empty();

  private TestCa ca;
  private TestCa other;

  @BeforeEach
  void makeCas() throws IOException {
    ca = TestCa.open(shared.resolve("ca"));
    other = TestCa.open(shared.resolve("other"));
    pin(ca);
  }

  @AfterEach
  void close() {
    open.forEach(CardTrust::close);
  }

  private static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The service goes by these CAs. */
  private void pin(TestCa... cas) throws IOException {
    pin(CardKind.STAFF_PIV, null, cas);
  }

  private void pin(CardKind kind, @Nullable String policy, TestCa... cas) throws IOException {
    List<byte[]> lists = new ArrayList<>();
    for (TestCa one : cas) {
      lists.add(Files.readAllBytes(one.crl()));
    }
    service.judge(kind, Stream.of(cas).map(one -> der(one.root())).toList(), lists, policy);
  }

  private static X509Certificate card(TestCa issuer, Instant until) throws IOException {
    return issuer.issue(
        TestPki.newKeys().getPublic(),
        new TestCa.Subject("100042", Optional.empty(), Instant.now().minus(DAY), until));
  }

  private static X509Certificate card(TestCa issuer) throws IOException {
    return card(issuer, Instant.now().plus(Duration.ofDays(1000)));
  }

  private static X509Certificate revoked(TestCa issuer) throws IOException {
    X509Certificate card = card(issuer);
    issuer.revoke(card.getSerialNumber());
    return card;
  }

  private CardTrust trust(int budget) {
    CardTrust made =
        new CardTrust(
            temp.resolve("card-trust"),
            () -> kinds,
            service,
            () -> serverTime,
            () -> otherwise,
            budget,
            RandomGenerator.getDefault(),
            Executors.newSingleThreadScheduledExecutor());
    open.add(made);
    return made;
  }

  private CardTrust fetched() {
    CardTrust made = trust(BUDGET);
    assertTrue(made.refresh());
    return made;
  }

  private static void refuses(CardTrust trust, Refusal reason, X509Certificate card) {
    assertEquals(Optional.of(reason), trust.against(CardKind.STAFF_PIV, card));
  }

  private static void lets(CardTrust trust, X509Certificate card) {
    assertEquals(Optional.empty(), trust.against(CardKind.STAFF_PIV, card));
  }

  @Test
  @DisplayName("revoked, ended, of a foreign CA, lists overdue: each by the code of the service")
  void objections() throws Exception {
    X509Certificate good = card(ca);
    X509Certificate lost = revoked(ca);
    pin(ca);
    CardTrust trust = fetched();
    lets(trust, good);
    refuses(trust, Refusal.CERT_REVOKED, lost);
    refuses(trust, Refusal.CERT_EXPIRED, card(ca, Instant.now().minusSeconds(60)));
    refuses(trust, Refusal.CERT_UNTRUSTED, card(other));
    serverTime = Optional.of(Instant.now().plus(Duration.ofDays(8)));
    refuses(trust, Refusal.REVOCATION_UNKNOWN, good);
    assertEquals(List.of(), trust.against(CardKind.JPKI, card(other)).stream().toList());
  }

  @Test
  @DisplayName("a policy that the kind demands is demanded here")
  void policy() throws Exception {
    kinds.add(CardKind.JPKI);
    pin(CardKind.JPKI, other.policy(), ca);
    CardTrust trust = fetched();
    assertEquals(Optional.of(Refusal.CERT_USAGE), trust.against(CardKind.JPKI, card(ca)));
    lets(trust, card(ca));
    pin(CardKind.JPKI, ca.policy(), ca);
    assertEquals(Optional.empty(), trust.against(CardKind.JPKI, card(ca)));
  }

  @Test
  @DisplayName("a kind without CAs is one that the service trusts nobody of")
  void nobody() throws Exception {
    pin();
    refuses(fetched(), Refusal.CERT_UNTRUSTED, card(ca));
  }

  @Test
  @DisplayName(
      "without a list, the service's time or an offer nothing is known, nobody is kept out")
  void nothingKnown() throws Exception {
    X509Certificate lost = revoked(ca);
    pin(ca);
    lets(trust(BUDGET), lost);
    CardTrust trust = fetched();
    serverTime = Optional.empty();
    lets(trust, lost);
    serverTime = Optional.of(Instant.now());
    refuses(trust, Refusal.CERT_REVOKED, lost);
    kinds.clear();
    assertTrue(trust.refresh());
    lets(trust, lost);
  }

  @Test
  @DisplayName("what the service changed meanwhile counts before a card is refused")
  void askedAnew() throws Exception {
    CardTrust trust = fetched();
    X509Certificate card = card(other);
    refuses(trust, Refusal.CERT_UNTRUSTED, card);
    pin(ca, other);
    lets(trust, card);
    other.revoke(card.getSerialNumber());
    pin(ca, other);
    lets(trust, card); // for the service, until the next question: a good card asks nothing
    assertTrue(trust.refresh());
    refuses(trust, Refusal.CERT_REVOKED, card);
  }

  @Test
  @DisplayName("a good card costs no call, and what is held already is not fetched again")
  void calls() throws Exception {
    CardTrust trust = fetched();
    int before = service.asked.size();
    lets(trust, card(ca));
    assertEquals(before, service.asked.size());
    pin(ca, other);
    assertTrue(trust.refresh());
    assertEquals(
        Set.of(
            "list", Sha256.text(der(other.root())), Sha256.text(Files.readAllBytes(other.crl()))),
        Set.copyOf(service.asked.subList(before, service.asked.size())));
    assertTrue(trust.refresh());
    assertEquals(before + 4, service.asked.size());
  }

  @Test
  @DisplayName("a service that cannot be asked: only what no time heals counts")
  void unconfirmed() throws Exception {
    X509Certificate lost = revoked(ca);
    pin(ca);
    CardTrust trust = fetched();
    service.reachable = false;
    refuses(trust, Refusal.CERT_REVOKED, lost);
    refuses(trust, Refusal.CERT_EXPIRED, card(ca, Instant.now().minusSeconds(60)));
    lets(trust, card(other));
    serverTime = Optional.of(Instant.now().plus(Duration.ofDays(8)));
    lets(trust, card(ca));
  }

  private static StaffNumbers.Outcome number(
      CardTrust trust, X509Certificate card, TestCa... pins) {
    return number(CardKind.STAFF_PIV, trust, card, pins);
  }

  private static StaffNumbers.Outcome number(
      CardKind kind, CardTrust trust, X509Certificate card, TestCa... pins) {
    return trust.of(kind, card, Stream.of(pins).map(one -> Sha256.text(der(one.root()))).toList());
  }

  private static StaffNumbers.Outcome no(Refusal reason) {
    return new StaffNumbers.Outcome.No(reason);
  }

  @Test
  @DisplayName("with the line cut a certificate names a member of staff under the officers' pins")
  void numbered() throws Exception {
    X509Certificate lost = revoked(ca);
    pin(ca, other);
    CardTrust trust = fetched();
    service.reachable = false;
    int before = service.asked.size();
    X509Certificate good = card(ca);
    assertEquals(new StaffNumbers.Outcome.Carries("100042"), number(trust, good, ca));
    // What the service goes by too, and no officer pinned.
    assertEquals(no(Refusal.CERT_UNTRUSTED), number(trust, card(other), ca));
    assertEquals(no(Refusal.CERT_UNTRUSTED), number(trust, good));
    assertEquals(no(Refusal.CERT_REVOKED), number(trust, lost, ca));
    assertEquals(
        no(Refusal.CERT_EXPIRED), number(trust, card(ca, Instant.now().minusSeconds(60)), ca));
    assertEquals(before, service.asked.size(), "asks nobody");
    serverTime = Optional.of(Instant.now().plus(Duration.ofDays(8)));
    assertEquals(no(Refusal.REVOCATION_UNKNOWN), number(trust, good, ca));
    serverTime = Optional.empty();
    assertEquals(no(Refusal.CLOCK_DOUBTFUL), number(trust, good, ca));
    otherwise = Optional.of(Instant.now().plus(Duration.ofDays(8)));
    assertEquals(no(Refusal.REVOCATION_UNKNOWN), number(trust, good, ca));
    otherwise = Optional.of(Instant.now());
    assertInstanceOf(StaffNumbers.Outcome.Carries.class, number(trust, good, ca));
  }

  @Test
  @DisplayName("a home-made certificate, and whatever cannot be told, names nobody")
  void unnumbered() throws Exception {
    CardTrust trust = fetched();
    service.reachable = false;
    X509Certificate homeMade = card(other);
    lets(trust, homeMade); // as an objection, with the line cut
    assertEquals(no(Refusal.CERT_UNTRUSTED), number(trust, homeMade, ca));
    assertEquals(no(Refusal.CERT_UNTRUSTED), number(trust, homeMade, ca, other));
    assertEquals(no(Refusal.CERT_USAGE), number(trust, ca.root(), ca));
    X509Certificate good = card(ca);
    assertEquals(no(Refusal.CERT_UNTRUSTED), number(CardKind.PKCS11, trust, good, ca));
    assertEquals(no(Refusal.CERT_UNTRUSTED), number(trust(BUDGET), good, ca), "nothing delivered");
    service.reachable = true;
    CardTrust small = trust(100);
    assertTrue(small.refresh());
    assertEquals(no(Refusal.CERT_UNTRUSTED), number(small, good, ca), "too large");
    kinds.add(CardKind.JPKI);
    pin(CardKind.JPKI, null, ca);
    assertTrue(trust.refresh());
    assertEquals(no(Refusal.CERT_UNTRUSTED), number(CardKind.JPKI, trust, good, ca));
  }

  @Test
  @DisplayName("a restart keeps it, a part that was changed on the disk does not count")
  void kept() throws Exception {
    X509Certificate lost = revoked(ca);
    pin(ca);
    fetched();
    service.reachable = false;
    CardTrust again = trust(BUDGET);
    lets(again, lost);
    again.load();
    refuses(again, Refusal.CERT_REVOKED, lost);
    Path list =
        temp.resolve("card-trust").resolve(Sha256.text(Files.readAllBytes(ca.crl())) + ".der");
    Files.write(list, Files.readAllBytes(other.crl()));
    CardTrust damaged = trust(BUDGET);
    damaged.load();
    lets(damaged, lost);
    service.reachable = true;
    assertTrue(damaged.refresh());
    refuses(damaged, Refusal.CERT_REVOKED, lost);
  }

  @Test
  @DisplayName("a list, part or CA that is not what it should be leaves in force what was there")
  void refusedMaterial() throws Exception {
    X509Certificate lost = revoked(ca);
    pin(ca);
    CardTrust trust = fetched();
    service.instead = "{\"kinds\":[{}]}".getBytes(StandardCharsets.UTF_8);
    assertFalse(trust.refresh());
    service.instead =
        "{\"kinds\":[{\"kind\":\"staff-piv\",\"anchors\":[\"../agent.json\"],\"lists\":[],\"bytes\":1,\"listSeconds\":1}]}"
            .getBytes(StandardCharsets.UTF_8);
    assertFalse(trust.refresh());
    service.instead = null;
    service.judge(CardKind.STAFF_PIV, List.of(new byte[] {0x30, 0}), List.of(), null);
    assertFalse(trust.refresh());
    String name = Sha256.text(der(other.root()));
    pin(other);
    service.parts.put(name, der(ca.root()));
    assertFalse(trust.refresh());
    service.parts.remove(name);
    assertFalse(trust.refresh());
    refuses(trust, Refusal.CERT_REVOKED, lost);
    lets(trust, card(other));
    pin(ca, other);
    assertTrue(trust.refresh());
    refuses(trust, Refusal.CERT_REVOKED, lost);
  }

  @Test
  @DisplayName("a kind with more than this terminal can hold is left to the service")
  void tooLarge() throws Exception {
    X509Certificate lost = revoked(ca);
    pin(ca);
    CardTrust small = trust(100);
    assertTrue(small.refresh());
    lets(small, lost);
    assertEquals(List.of("list"), service.asked);
  }

  @Test
  @DisplayName("only kinds that the signed policy lets in are fetched; replaced parts are deleted")
  void kinds() throws Exception {
    pin(CardKind.JPKI, null, other);
    CardTrust trust = fetched();
    Path directory = temp.resolve("card-trust");
    assertEquals(3, count(directory));
    assertEquals(Optional.empty(), trust.against(CardKind.JPKI, card(ca)));
    kinds.add(CardKind.JPKI);
    assertTrue(trust.refresh());
    assertEquals(5, count(directory));
    assertEquals(Optional.of(Refusal.CERT_UNTRUSTED), trust.against(CardKind.JPKI, card(ca)));
    pin(CardKind.JPKI, null);
    assertTrue(trust.refresh());
    assertEquals(3, count(directory));
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }
}
