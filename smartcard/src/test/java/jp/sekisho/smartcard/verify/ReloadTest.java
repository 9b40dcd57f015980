package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anchors and CRLs that change while the program runs, and what is remembered of paths. */
class ReloadTest {
  private static final Made ROOT = Made.root("CN=root");
  private static final Made LEAF = Made.leaf("CN=leaf").by(ROOT);
  private static final Duration AGE = Duration.ofDays(7);

  @TempDir Path directory;
  private final List<String> notices = new ArrayList<>();
  private final AtomicReference<Instant> now = new AtomicReference<>(Made.NOW);
  private final InstantSource clock = now::get;
  private X509Certificate root;

  @BeforeEach
  void root() throws Exception {
    root = PathVerifier.parse(ROOT.der());
  }

  /** As an operator should: beside it, then over it. */
  private void replace(String name, byte[] content) throws Exception {
    Path fresh = Files.write(directory.resolve("fresh"), content);
    Files.move(
        fresh,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private CrlFiles lists() {
    return CrlFiles.in(directory, "*.crl", AGE, notices::add);
  }

  private PathVerifier verifier(RevocationSource revocation) {
    return new PathVerifier(clock, new TrustProfile(List.of(root), Optional.empty(), revocation));
  }

  private static Verdict verify(PathVerifier verifier) {
    return verifier.verify(LEAF.der(), List.of());
  }

  private static void assertRefused(Clause clause, Verdict verdict) {
    assertEquals(clause, assertInstanceOf(Verdict.Distrusted.class, verdict).clause());
  }

  @Test
  void aReplacedCrlCountsAtTheNextCheckThoughThePathIsRemembered() throws Exception {
    PathVerifier verifier = verifier(lists());
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
    replace("a.crl", MadeCrl.by(ROOT).number(1).der());
    Verdict first = assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    assertSame(first, verify(verifier), "remembered");
    replace("a.crl", MadeCrl.by(ROOT).number(2).revoke(LEAF).der());
    assertRefused(Clause.REVOKED, verify(verifier));
    replace("a.crl", MadeCrl.by(ROOT).number(3).der());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    replace("b.crl", MadeCrl.by(ROOT).number(4).delta(3).revoke(LEAF).der());
    assertRefused(Clause.REVOKED, verify(verifier));
    Files.delete(directory.resolve("b.crl"));
    Files.delete(directory.resolve("a.crl"));
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
  }

  @Test
  void anOlderCrlInPlaceOfANewerOneTakesNoRevocationBack() throws Exception {
    byte[] older = MadeCrl.by(ROOT).number(4).der();
    PathVerifier verifier = verifier(lists());
    replace("a.crl", MadeCrl.by(ROOT).number(5).revoke(LEAF).der());
    assertRefused(Clause.REVOKED, verify(verifier));
    replace("a.crl", older);
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
    assertEquals(1, notices.size(), notices.toString());
    assertTrue(notices.get(0).contains("number 4"), notices.get(0));
    // A forged one with a large number locks nobody out.
    Made forger = Made.root("CN=root");
    replace("b.crl", MadeCrl.by(forger).number(99).der());
    replace("a.crl", MadeCrl.by(ROOT).number(6).der());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
  }

  private byte[] delta(int number, int base) {
    return MadeCrl.by(ROOT).number(number).delta(base).der();
  }

  @Test
  void aDeltaThatIsGoneOrOlderTakesNoRevocationBack() throws Exception {
    PathVerifier verifier = verifier(lists());
    byte[] base = MadeCrl.by(ROOT).number(3).der();
    replace("a.crl", base);
    replace("d.crl", MadeCrl.by(ROOT).number(5).delta(3).revoke(LEAF).der());
    assertRefused(Clause.REVOKED, verify(verifier));
    replace("d.crl", delta(4, 3));
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
    assertEquals(1, notices.size(), notices.toString());
    assertTrue(notices.get(0).contains("number 5 is missing"), notices.get(0));
    Files.delete(directory.resolve("d.crl"));
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
    assertEquals(1, notices.size(), "said once");
    // A newer one that needs a later base says nothing with this one.
    replace("d.crl", delta(7, 6));
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
    replace("a.crl", MadeCrl.by(ROOT).number(6).der());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    Files.delete(directory.resolve("d.crl"));
    replace("a.crl", MadeCrl.by(ROOT).number(7).der());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier), "it needs no delta");
    // A forged delta with a large number locks nobody out.
    Made forger = Made.root("CN=root");
    replace("d.crl", MadeCrl.by(forger).number(99).delta(7).der());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
  }

  @Test
  void anOverdueDeltaLeavesItsBaseWithoutAnAnswerForLoginsNotForTheRfc() throws Exception {
    replace("a.crl", MadeCrl.by(ROOT).number(3).der());
    Path delta = directory.resolve("d.crl");
    Instant past = Made.NOW.minus(Duration.ofDays(1));
    replace("d.crl", MadeCrl.by(ROOT).number(4).delta(3).between(past, past.plusSeconds(1)).der());
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier(lists())));
    List<Path> files = List.of(directory.resolve("a.crl"), delta);
    assertInstanceOf(
        Verdict.Trusted.class, verify(verifier(CrlFiles.untilNextUpdate(files, notices::add))));
  }

  @Test
  void whatTheBaseRevokesIsRevokedAlsoWithoutItsDelta() throws Exception {
    PathVerifier verifier = verifier(lists());
    replace("a.crl", MadeCrl.by(ROOT).number(3).revoke(LEAF).der());
    replace("d.crl", delta(4, 3));
    assertRefused(Clause.REVOKED, verify(verifier));
    Files.delete(directory.resolve("d.crl"));
    assertRefused(Clause.REVOKED, verify(verifier));
  }

  @Test
  void aCrlByAClockALittleBeforeOursCountsForLoginsNotForTheRfc() throws Exception {
    byte[] ahead = MadeCrl.by(ROOT).between(Made.NOW.plusSeconds(299), Made.NOW.plus(AGE)).der();
    replace("a.crl", ahead);
    Path file = directory.resolve("a.crl");
    assertInstanceOf(Verdict.Trusted.class, verify(verifier(lists())));
    assertRefused(
        Clause.REVOCATION_UNKNOWN,
        verify(verifier(CrlFiles.untilNextUpdate(List.of(file), notices::add))));
    now.set(Made.NOW.minusSeconds(2));
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier(lists())));
  }

  @Test
  void aCrlSignedWithSha1IsNoneForLogins() throws Exception {
    replace("a.crl", MadeCrl.by(ROOT).signedWith("SHA1withECDSA").der());
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier(lists())));
    assertInstanceOf(
        Verdict.Trusted.class,
        verify(
            verifier(CrlFiles.untilNextUpdate(List.of(directory.resolve("a.crl")), notices::add))));
  }

  @Test
  void aFileThatCouldNotBeOpenedOnceIsReadAtTheNextLook() throws Exception {
    Path file = Files.write(directory.resolve("a.crl"), MadeCrl.by(ROOT).der());
    AtomicInteger opened = new AtomicInteger();
    WatchedFiles<Byte> files =
        new WatchedFiles<>(
            () -> List.of(file),
            path -> {
              if (opened.incrementAndGet() <= 2) {
                throw new java.io.IOException("too many open files");
              }
              return Files.newInputStream(path);
            },
            content -> List.of(content[0]),
            1 << 20,
            notices::add);
    assertEquals(List.of(), files.now().items());
    assertEquals(1, files.now().problems().size());
    assertEquals(1, notices.size(), "said once");
    assertEquals(List.of((byte) 0x30), files.now().items());
    assertEquals(List.of(), files.now().problems());
    assertEquals(List.of((byte) 0x30), files.now().items());
    assertEquals(3, opened.get(), "and then only when it changes");
  }

  @Test
  void aDirectoryThatCannotBeListedIsAProblemUntilItCan() throws Exception {
    Path missing = directory.resolve("later");
    CrlFiles lists = CrlFiles.in(missing, "*.crl", AGE, notices::add);
    PathVerifier verifier = verifier(lists);
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
    assertEquals(1, lists.problems().size());
    Files.createDirectory(missing);
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
    assertEquals(List.of(), lists.problems());
  }

  @Test
  void aBrokenCrlKeepsTheOldOneAndIsSaidOnce() throws Exception {
    CrlFiles lists = lists();
    PathVerifier verifier = verifier(lists);
    replace("a.crl", MadeCrl.by(ROOT).revoke(LEAF).der());
    assertRefused(Clause.REVOKED, verify(verifier));
    assertEquals(List.of(), lists.problems());
    byte[] cut = MadeCrl.by(ROOT).number(2).der();
    for (byte[] broken : new byte[][] {new byte[0], {1, 2, 3}, java.util.Arrays.copyOf(cut, 90)}) {
      notices.clear();
      replace("a.crl", broken);
      assertRefused(Clause.REVOKED, verify(verifier));
      assertRefused(Clause.REVOKED, verify(verifier));
      assertEquals(1, notices.size(), notices.toString());
      assertTrue(notices.get(0).startsWith("a.crl: "), notices.get(0));
      assertTrue(notices.get(0).endsWith("stays in force"), notices.get(0));
      assertEquals(notices, lists.problems());
    }
    replace("a.crl", cut);
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    assertEquals(List.of(), lists.problems());
  }

  @Test
  void whatStaysInForceStillGrowsOld() throws Exception {
    PathVerifier verifier = verifier(lists());
    replace("a.crl", MadeCrl.by(ROOT).between(Made.NOW, Made.NOW.plus(AGE.multipliedBy(3))).der());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    replace("a.crl", new byte[] {1});
    now.set(Made.NOW.plus(AGE));
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    now.set(Made.NOW.plus(AGE).plusSeconds(1));
    Verdict.Distrusted late = assertInstanceOf(Verdict.Distrusted.class, verify(verifier));
    assertEquals(Clause.REVOCATION_UNKNOWN, late.clause());
    assertTrue(late.detail().contains("a.crl"), late.detail());
  }

  @Test
  void aRootThatIsTakenAwayTakesItsRememberedPathsAlong() throws Exception {
    replace("root.crt", ROOT.der());
    AnchorFiles anchors = new AnchorFiles(directory, "*.crt", notices::add);
    PathVerifier verifier =
        PathVerifier.reloading(
            clock,
            () ->
                anchors.roots().isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                        new TrustProfile(
                            anchors.roots(), Optional.empty(), RevocationSource.unchecked())));
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    assertSame(anchors.roots(), anchors.roots());
    replace("root.crt", new byte[] {1});
    assertInstanceOf(Verdict.Trusted.class, verify(verifier), "the old root stays");
    assertEquals(1, anchors.problems().size());
    replace("root.crt", Made.root("CN=root").der());
    assertRefused(Clause.UNKNOWN_ISSUER, verify(verifier));
    replace("also.crt", ROOT.der());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    Files.delete(directory.resolve("also.crt"));
    Files.delete(directory.resolve("root.crt"));
    assertRefused(Clause.UNKNOWN_ISSUER, verify(verifier));
  }

  @Test
  void aRememberedPathEndsWithTheValidityOfAnyOfItsCertificates() throws Exception {
    PathVerifier verifier = verifier(RevocationSource.unchecked());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    now.set(Made.NOW.plus(Duration.ofDays(101)));
    assertRefused(Clause.EXPIRED, verify(verifier));
    now.set(Made.NOW.minus(Duration.ofDays(101)));
    assertRefused(Clause.NOT_YET_VALID, verify(verifier));
  }

  @Test
  void revocationIsAskedEveryTime() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<RevocationSource.Status> answer =
        new AtomicReference<>(new RevocationSource.Status.Good());
    PathVerifier verifier =
        verifier((chain, when) -> {
          asked.incrementAndGet();
          return answer.get();
        });
    for (int i = 1; i <= 3; i++) {
      assertInstanceOf(Verdict.Trusted.class, verify(verifier));
      assertEquals(i, asked.get());
    }
    answer.set(new RevocationSource.Status.Revoked("now"));
    assertRefused(Clause.REVOKED, verify(verifier));
    answer.set(new RevocationSource.Status.Unknown("who knows"));
    assertRefused(Clause.REVOCATION_UNKNOWN, verify(verifier));
  }

  @Test
  void aRememberedPathSaysNothingAboutAnotherCertificateOfTheSameKey() throws Exception {
    PathVerifier verifier = verifier(RevocationSource.unchecked());
    assertInstanceOf(Verdict.Trusted.class, verify(verifier));
    byte[] changed = LEAF.der().clone();
    changed[changed.length - 1] ^= 1;
    assertRefused(Clause.UNKNOWN_ISSUER, verifier.verify(changed, List.of()));
  }

  @Test
  void aProfileMayDemandThatThePurposeIsNamed() throws Exception {
    String purpose = KeyPurposeId.id_kp_smartcardlogon.getId();
    PathVerifier verifier =
        new PathVerifier(
            clock,
            new TrustProfile(
                List.of(root),
                Optional.empty(),
                Optional.of(purpose),
                RevocationSource.unchecked()));
    assertRefused(Clause.KEY_USAGE, verify(verifier));
    Made logon =
        Made.leaf("CN=l")
            .with(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_smartcardlogon))
            .by(ROOT);
    assertInstanceOf(Verdict.Trusted.class, verifier.verify(logon.der(), List.of()));
  }
}
