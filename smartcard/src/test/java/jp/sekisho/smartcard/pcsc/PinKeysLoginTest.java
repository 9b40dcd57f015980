package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A signature whose PIN is typed on the reader: a scripted driver, a whole card behind it. */
class PinKeysLoginTest {
  private static final byte[] TEXT = "sekisho".getBytes(StandardCharsets.US_ASCII);
  private static final ReaderRoles STAFF =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff")));

  @TempDir Path directory;
  private PivApplet applet;
  private final List<byte[]> fromComputer = new ArrayList<>();

  /** What somebody types; a status word of the reader itself in its place. */
  private String typed = "123456";

  private int says;

  @BeforeEach
  void card() throws Exception {
    applet =
        PivApplet.open(
            directory,
            new NewCard(NewCard.Kind.STAFF, "100042", Optional.empty(), Optional.empty()));
  }

  private static byte[] bytes(Response response) {
    byte[] all = Arrays.copyOf(response.data(), response.data().length + 2);
    all[all.length - 2] = (byte) (response.sw() >> 8);
    all[all.length - 1] = (byte) response.sw();
    return all;
  }

  /** As PC/SC part 10 has it: digits go to the front of the template's block. */
  private byte[] reader(int code, byte[] structure) {
    if (code != 0x42330006) {
      return HexFormat.of().parseHex("060442330006");
    }
    if (says != 0) {
      return new byte[] {(byte) (says >> 8), (byte) says};
    }
    ByteBuffer in = ByteBuffer.wrap(structure).order(ByteOrder.LITTLE_ENDIAN);
    byte[] template = new byte[in.getInt(15)];
    in.position(19).get(template);
    System.arraycopy(typed.getBytes(StandardCharsets.US_ASCII), 0, template, 5, typed.length());
    return bytes(applet.process(template));
  }

  private SignOutcome sign(boolean lastTry) throws Exception {
    ScriptedService service = ScriptedService.linux().reader("Pad 0", 0x10020);
    service.card =
        command -> {
          fromComputer.add(command.clone());
          return bytes(applet.process(command));
        };
    service.driver = this::reader;
    try (PcscCard card =
        PcscContext.establish(service.winscard()).connect(STAFF.grant("Pad 0").orElseThrow())) {
      PivCard piv = new PivCard(card);
      CardReading.Present read = (CardReading.Present) piv.read();
      SignOutcome outcome = piv.signOnKeys(read.fingerprint(), TEXT, Locale.JAPANESE, lastTry);
      if (outcome instanceof SignOutcome.Signed signed) {
        assertTrue(
            SignatureVerifier.verifies(
                read.certificate().getPublicKey(), TEXT, signed.signature()));
      }
      return outcome;
    } finally {
      applet.reset();
    }
  }

  private void refused(CardFailure failure, int tries, SignOutcome outcome) {
    SignOutcome.Refused no = assertInstanceOf(SignOutcome.Refused.class, outcome);
    assertEquals(failure, no.failure());
    assertEquals(OptionalInt.of(tries), no.triesLeft());
  }

  @Test
  @DisplayName("the reader presents the PIN, and no command from here holds one")
  void signs() throws Exception {
    assertInstanceOf(SignOutcome.Signed.class, sign(false));
    assertFalse(
        fromComputer.stream().anyMatch(c -> c.length > 5 && (c[1] & 0xFF) == Apdu.VERIFY),
        "every VERIFY of ours only asks for the tries");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x6400, 0x6401, 0x6403})
  @DisplayName("nothing typed, cancelled, too short: said, and no try is used")
  void notEntered(int sw) throws Exception {
    says = sw;
    refused(CardFailure.PIN_NOT_ENTERED, 3, sign(false));
    says = 0;
    assertInstanceOf(SignOutcome.Signed.class, sign(false));
  }

  @Test
  @DisplayName("a wrong PIN costs one try each; the last one needs the person's word; then blocked")
  void wrong() throws Exception {
    typed = "654321";
    refused(CardFailure.PIN_WRONG, 2, sign(false));
    refused(CardFailure.PIN_WRONG, 1, sign(false));
    refused(CardFailure.PIN_LAST_TRY, 1, sign(false));
    refused(CardFailure.PIN_BLOCKED, 0, sign(true));
    refused(CardFailure.PIN_BLOCKED, 0, sign(true));
  }

  @Test
  @DisplayName("a reader that does not understand is a fault, and costs no try")
  void notUnderstood() throws Exception {
    says = 0x6B80;
    refused(CardFailure.CARD_ERROR, 3, sign(false));
  }
}
