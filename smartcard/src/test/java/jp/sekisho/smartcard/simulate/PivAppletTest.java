package jp.sekisho.smartcard.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import jp.sekisho.smartcard.verify.Clause;
import jp.sekisho.smartcard.verify.CrlFiles;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.TrustProfile;
import jp.sekisho.smartcard.verify.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PivAppletTest {
  private static final String SELECT = "00A4040005A000000308";
  private static final String PIN = "0020008008313233343536FFFF";
  private static final String WRONG = "0020008008393939393939FFFF";

  @TempDir Path directory;
  private PivApplet card;

  @BeforeEach
  void insert() throws IOException {
    card = open(NewCard.Kind.UNINITIALISED);
  }

  private PivApplet open(NewCard.Kind kind) throws IOException {
    return PivApplet.open(
        directory.resolve(kind.name()),
        new NewCard(kind, "100042", Optional.of(directory.resolve("ca")), Optional.empty()));
  }

  private String send(String hex) {
    return "%04X".formatted(card.process(HexFormat.of().parseHex(hex)).sw());
  }

  @ParameterizedTest
  @CsvSource({
    "00A4040C0AD392F00026010000000100,6A82",
    "00A40000023F00,6A82",
    "00A4040000,6A82",
    "00F6000000,6D00",
    "80CA9F7F00,6E00",
    "00,6700",
    "002000800531,6700",
    "00CB3FFF055C035FC10D00,6A82",
    "00CB3FFF0200AA00,6A80",
    "00CB000003025C7E,6A86",
    "0020000000,6A88",
    "0020008006313233343536,6A80",
    "0087079A027C0000,6A86",
    "00C0000000,6985",
  })
  void whateverClientsTryHasAnAnswer(String command, String sw) {
    send(SELECT);
    assertEquals(sw, send(command));
  }

  @Test
  void nothingButSelectWorksBeforeSelect() {
    assertEquals("6D00", send("00200080"));
    assertEquals("9000", send(SELECT));
    assertEquals("63C3", send("00200080"));
  }

  @Test
  void triesAreOnDiskBeforeTheAnswerAndSurviveANewStart() throws IOException {
    send(SELECT);
    assertEquals("63C2", send(WRONG));
    card = open(NewCard.Kind.UNINITIALISED);
    send(SELECT);
    assertEquals("63C1", send(WRONG));
    assertEquals("6983", send(WRONG));
    assertEquals("6983", send(PIN));
    assertEquals("6983", send("00200080"));
    assertEquals("9000", send("002C0080103132333435363738323436383130FFFF"));
    assertEquals("63C3", send("00200080"));
    assertEquals("9000", send("0020008008323436383130FFFF"));
  }

  @Test
  void thePinChangesOnlyWithTheOldOneAndToDigits() {
    send(SELECT);
    assertEquals("6A80", send("0024008010313233343536FFFF616263646566FFFF"));
    assertEquals("63C2", send("0024008010393939393939FFFF323436383130FFFF"));
    assertEquals("9000", send("0024008010313233343536FFFF323436383130FFFF"));
    assertEquals("63C2", send(PIN));
  }

  @Test
  void aResetForgetsThePin() {
    send(SELECT);
    assertEquals("9000", send(PIN));
    assertEquals("9000", send("00200080"));
    card.reset();
    send(SELECT);
    assertEquals("63C3", send("00200080"));
  }

  @Test
  void aCardThatIsNotPivKnowsNothing() throws IOException {
    card = open(NewCard.Kind.OTHER);
    assertEquals("6A82", send(SELECT));
    assertEquals("6D00", send("00200080"));
  }

  @ParameterizedTest
  @CsvSource({"STAFF,", "EXPIRED,EXPIRED", "FOREIGN_CA,UNKNOWN_ISSUER"})
  void faultyCardsFailAtTheirFault(NewCard.Kind kind, Clause clause) throws Exception {
    card = open(kind);
    TestCa ca = TestCa.open(directory.resolve("ca"));
    Verdict verdict =
        new PathVerifier(
                InstantSource.system(),
                new TrustProfile(
                    List.of(ca.root()),
                    Optional.of(ca.policy()),
                    new CrlFiles(List.of(ca.crl()), Duration.ofDays(1))))
            .verify(
                Files.readAllBytes(directory.resolve(kind.name()).resolve("9a.der")), List.of());
    if (kind == NewCard.Kind.STAFF) {
      assertInstanceOf(Verdict.Trusted.class, verdict, verdict.toString());
    } else {
      assertEquals(clause, assertInstanceOf(Verdict.Distrusted.class, verdict).clause());
    }
  }

  @Test
  void theKeyIsForTheOwnerOnlyAndTheNumberIsNoInjection() throws IOException {
    card = open(NewCard.Kind.STAFF);
    Path key = directory.resolve("STAFF").resolve("9a.key");
    assertEquals(2, Files.getPosixFilePermissions(key).size());
    assertThrows(
        IllegalArgumentException.class,
        () -> new NewCard(NewCard.Kind.STAFF, "1,CN=x", Optional.empty(), Optional.empty()));
  }

  @Test
  void theTraceMasksPinsInEveryShape() {
    ApduTrace trace = new ApduTrace();
    trace.command(HexFormat.of().parseHex(PIN));
    trace.command(HexFormat.of().parseHex("00200080FF313233343536"));
    String text = trace.lines().toString();
    assertFalse(text.contains("3132"), text);
    assertTrue(text.contains("00 20 00 80 08 XX"), text);
  }
}
