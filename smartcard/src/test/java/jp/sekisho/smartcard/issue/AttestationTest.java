package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.CertificateContainer;
import jp.sekisho.smartcard.piv.SigningAlgorithm;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.testing.ScriptedChannel;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a card's maker says of a key counts only under a pinned root, for this key and this card.
 */
class AttestationTest {
  @TempDir static Path directory;
  private static Desk desk;
  private static Applet card;
  private static Applet other;
  private static X509Certificate root;
  private static X509Certificate foreign;

  @BeforeAll
  static void cards() throws Exception {
    desk = new Desk(directory.resolve("own"));
    card = desk.card("a");
    other = desk.card("b");
    // The root is made when a card first attests.
    attestable(card);
    attestable(other);
    root = root(directory.resolve("own/ca/attestation/root.der"));
    Desk strange = new Desk(directory.resolve("strange"));
    attestable(strange.card("c"));
    foreign = root(directory.resolve("strange/ca/attestation/root.der"));
  }

  private static X509Certificate root(Path file) throws Exception {
    return PathVerifier.parse(Files.readAllBytes(file));
  }

  /** A key in 9A and the certificate of F9. */
  private static void attestable(Applet applet) throws Exception {
    ScriptedChannel channel = Desk.insert(applet);
    PivAdministration piv = PivAdministration.open(channel);
    try (ManagementSecret key = ManagementSecret.ofNewCards(ManagementSecret.TDES)) {
      assertTrue(piv.authenticate(key, new SecureRandom()));
    }
    piv.generate(SigningAlgorithm.P_256, true);
    assertTrue(piv.attestationCertificate().isPresent());
  }

  private static Attestation pinned(X509Certificate... roots) {
    return new Attestation(List.of(roots), List.of(), InstantSource.system());
  }

  private static Attestation.Verdict judge(Attestation attestation, Applet of, Applet named)
      throws CardException {
    PivAdministration piv = PivAdministration.open(Desk.insert(of));
    Optional<byte[]> statement = piv.attestation();
    Optional<byte[]> container = piv.attestationCertificate();
    PivAdministration its = PivAdministration.open(Desk.insert(named));
    byte[] key = its.attestation().orElseThrow();
    return attestation.judge(
        statement, container, CertificateContainer.parse(key).getPublicKey(), its.serial());
  }

  private static IssueFailure refused(Attestation.Verdict verdict) {
    return assertInstanceOf(Attestation.Verdict.Refused.class, verdict).failure();
  }

  @ParameterizedTest
  @CsvSource({
    "4,2,5,false",
    "4,2,6,true",
    "4,3,0,true",
    "4,3,4,true",
    "4,3,5,false",
    "5,4,3,false",
  })
  void aFirmwareThatMakesWeakRsaKeysIsKnown(byte major, byte minor, byte patch, boolean weak) {
    assertEquals(weak, Attestation.makesWeakKeys(new byte[] {major, minor, patch}));
  }

  @Test
  void aKeyMadeOnTheCardIsAttestedWithFirmwareSerialAndPolicies() throws Exception {
    Attestation.Verdict.Attested attested =
        assertInstanceOf(
            Attestation.Verdict.Attested.class, judge(pinned(foreign, root), card, card));
    assertEquals("5.4.3", attested.firmware());
    assertEquals(PivAdministration.open(Desk.insert(card)).serial(), attested.serial());
    assertEquals(2, attested.pin());
    assertEquals(1, attested.touch());
  }

  @Test
  void anotherRootAnotherKeyAnotherTimeAndNoneAreRefused() throws Exception {
    assertEquals(IssueFailure.ATTESTATION_ROOT, refused(judge(pinned(foreign), card, card)));
    assertEquals(IssueFailure.ATTESTATION_KEY, refused(judge(pinned(root), other, card)));
    Attestation late =
        new Attestation(List.of(root), List.of(), () -> Instant.parse("2120-01-01T00:00:00Z"));
    assertEquals(IssueFailure.ATTESTATION_ROOT, refused(judge(late, card, card)));
    assertEquals(
        IssueFailure.ATTESTATION_MISSING,
        refused(
            pinned(root)
                .judge(
                    Optional.empty(), Optional.empty(), root.getPublicKey(), OptionalInt.empty())));
    assertEquals(
        IssueFailure.ATTESTATION_MALFORMED,
        refused(
            pinned(root)
                .judge(
                    Optional.of(new byte[] {0x30, 0}),
                    Optional.of(new byte[] {0x53, 0}),
                    root.getPublicKey(),
                    OptionalInt.empty())));
  }

  @Test
  void aStatementOfAnotherCardUnderThisCardsCertificateIsRefused() throws Exception {
    PivAdministration mine = PivAdministration.open(Desk.insert(card));
    Optional<byte[]> container = mine.attestationCertificate();
    Optional<byte[]> statement = PivAdministration.open(Desk.insert(other)).attestation();
    assertEquals(
        IssueFailure.ATTESTATION_ROOT,
        refused(
            pinned(root).judge(statement, container, root.getPublicKey(), OptionalInt.empty())));
  }

  @Test
  void anotherSerialNumberThanTheCardSaysIsRefused() throws Exception {
    PivAdministration piv = PivAdministration.open(Desk.insert(card));
    byte[] statement = piv.attestation().orElseThrow();
    assertEquals(
        IssueFailure.ATTESTATION_SERIAL,
        refused(
            pinned(root)
                .judge(
                    Optional.of(statement),
                    piv.attestationCertificate(),
                    CertificateContainer.parse(statement).getPublicKey(),
                    OptionalInt.of(7))));
  }

  /** The issuer asks for the PIN; this card drops the wish and makes a key that wants none. */
  @Test
  void aKeyThatMayBeUsedWithoutPinIsRefusedByItsAttestation() throws Exception {
    assertEquals(IssueFailure.ATTESTATION_POLICY, issuing("dropping", root, "AA0101"));
    assertEquals(IssueFailure.ATTESTATION_ROOT, issuing("imitation", foreign, "AA0102"));
  }

  private static IssueFailure issuing(String name, X509Certificate pinned, String policy)
      throws IOException {
    Desk own = new Desk(directory.resolve("own"));
    ScriptedChannel channel =
        new ScriptedChannel(own.card(name)) {
          @Override
          public Response transmit(Apdu command) throws CardException {
            return command.ins() != 0x47
                ? super.transmit(command)
                : super.transmit(
                    Apdu.of(0, 0x47, 0, 0x9A, HexFormat.of().parseHex("AC06800111" + policy)));
          }
        };
    IssueOutcome outcome =
        own.issuer(channel, Optional.of(pinned(pinned)))
            .issue(Desk.order("1"), IssueProgress.none());
    return assertInstanceOf(IssueOutcome.Refused.class, outcome).failure();
  }

  @Test
  void anAttestedCardIsIssuedAndSaysSo() throws Exception {
    IssueOutcome outcome =
        desk.issuer(Desk.insert(desk.card("good")), Optional.of(pinned(root)))
            .issue(Desk.order("2"), IssueProgress.none());
    assertTrue(
        assertInstanceOf(IssueOutcome.Issued.class, outcome, outcome.toString())
            .attestation()
            .isPresent());
  }
}
