package jp.sekisho.agent.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import jp.sekisho.agent.login.CardDesk.Look;
import jp.sekisho.agent.login.CardDesk.Stay;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.pkcs11.Pkcs11Card;
import jp.sekisho.smartcard.pkcs11.TokenSelector;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The desk of a real pcscd finds out what kind of card is there, and signs with each kind. */
@Tag("pcsc")
@Timeout(180)
class CardKindsIT {
  private static final Path OPENSC = Path.of("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] TEXT = "statement".getBytes(StandardCharsets.UTF_8);

  private static PcscService service;

  @BeforeAll
  static void start() throws Exception {
    assertTrue(Files.exists(OPENSC), "apt-get install opensc-pkcs11");
    assertTrue(Files.exists(Path.of("/usr/bin/pkcs11-tool")), "apt-get install opensc");
    service = PcscService.start();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static ReaderRoles roles(String second) {
    return new ReaderRoles(
        List.of(
            ReaderRoles.Rule.parse(PcscService.READER_0 + "=staff"),
            ReaderRoles.Rule.parse(PcscService.READER_1 + "=" + second)));
  }

  private static Stay present(PcscDesk desk) {
    Await.until("a card on the desk", PATIENCE, () -> desk.look() instanceof Look.Present);
    return ((Look.Present) desk.look()).stay();
  }

  private static LoginCard.Signing sign(LoginCards cards, Stay stay, CardKind kind, String pin)
      throws Exception {
    try (PromptScope prompt = new PromptScope();
        LoginCards.Found found = cards.find(stay, prompt)) {
      LoginCard.Reading.Present read =
          assertInstanceOf(LoginCard.Reading.Present.class, found.reading());
      assertEquals(kind, found.known().kind());
      return found.known().sign(read, pin.toCharArray(), certificate -> Optional.of(TEXT), false);
    }
  }

  private static void signs(LoginCards cards, Stay stay, CardKind kind, String pin)
      throws Exception {
    LoginCard.Signing.Done done =
        assertInstanceOf(LoginCard.Signing.Done.class, sign(cards, stay, kind, pin));
    assertTrue(
        SignatureVerifier.verifies(done.certificate().getPublicKey(), TEXT, done.signature()));
  }

  private static Refusal none(LoginCards cards, Stay stay) throws Exception {
    try (PromptScope prompt = new PromptScope();
        LoginCards.Found found = cards.find(stay, prompt)) {
      return assertInstanceOf(LoginCard.Reading.No.class, found.reading()).reason();
    }
  }

  @Test
  @DisplayName("a My Number card signs where every reader is for staff, and nowhere else")
  @SuppressWarnings("try") // the card only has to be there
  void jpki() throws Exception {
    LoginCards.Kinds both =
        new LoginCards.Kinds(() -> Set.of(CardKind.STAFF_PIV, CardKind.JPKI), null);
    try (VirtualCard card = service.jpki(0, Files.createTempDirectory("sk"))) {
      try (PcscDesk desk = new PcscDesk(roles("staff"))) {
        Stay stay = present(desk);
        signs(new LoginCards(desk, both), stay, CardKind.JPKI, "1234");
        assertEquals(
            Refusal.UNKNOWN_CARD, none(new LoginCards(desk, LoginCards.Kinds.STAFF), stay));
        LoginCard.Signing.No no =
            assertInstanceOf(
                LoginCard.Signing.No.class,
                sign(new LoginCards(desk, both), stay, CardKind.JPKI, "0000"));
        assertEquals(Refusal.PIN_WRONG, no.reason());
        assertEquals(2, no.tries().getAsInt());
      }
      for (String second : List.of("resident", "shared")) {
        try (PcscDesk desk = new PcscDesk(roles(second))) {
          assertEquals(Refusal.UNKNOWN_CARD, none(new LoginCards(desk, both), present(desk)));
        }
      }
    }
  }

  @Test
  @DisplayName(
      "a vendor's module signs with the only card there is, whose PIN is not left verified")
  @SuppressWarnings("try") // as above
  void module() throws Exception {
    try (VirtualCard card =
            service.card(0, Files.createTempDirectory("sk"), "--subject-number", "100042");
        PcscDesk desk = new PcscDesk(roles("staff"))) {
      Stay stay = present(desk);
      String serial = serial();
      LoginCards cards = new LoginCards(desk, module(serial, roles("staff")));
      signs(cards, stay, CardKind.PKCS11, "123456");
      assertEquals(0x63C3, verifyStatus(desk, stay));
      LoginCard.Signing.No no =
          assertInstanceOf(
              LoginCard.Signing.No.class, sign(cards, stay, CardKind.PKCS11, "654321"));
      assertEquals(Refusal.PIN_WRONG, no.reason());
      try (VirtualCard second = service.card(1, Files.createTempDirectory("sk"))) {
        Await.until("two cards", PATIENCE, () -> !desk.isOnlyCard(stay));
        assertEquals(Refusal.CARD_KIND_POLICY, none(cards, stay));
      }
    }
    try (VirtualCard card = service.card(0, Files.createTempDirectory("sk"));
        PcscDesk desk = new PcscDesk(roles("resident"))) {
      assertEquals(
          Refusal.READER_FOR_RESIDENTS,
          none(new LoginCards(desk, module("1", roles("resident"))), present(desk)));
    }
  }

  /** As an administrator would find it. */
  private static String serial() {
    AtomicReference<String> found = new AtomicReference<>("");
    Await.until(
        "OpenSC shows the token",
        PATIENCE,
        () -> {
          listed()
              .lines()
              .filter(line -> line.contains("serial num"))
              .findFirst()
              .ifPresent(line -> found.set(line.substring(line.indexOf(':') + 1).strip()));
          return !found.get().isEmpty();
        });
    return found.get();
  }

  private static String listed() {
    ProcessBuilder builder = new ProcessBuilder("pkcs11-tool", "--module", OPENSC.toString(), "-L");
    builder.environment().putAll(service.environment());
    try {
      Process process = builder.start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LoginCards.Kinds module(String serial, ReaderRoles roles) {
    return new LoginCards.Kinds(
        () -> Set.of(CardKind.PKCS11),
        new Pkcs11Card(OPENSC, TokenSelector.serial(serial), roles).with(service.environment()));
  }

  private static int verifyStatus(PcscDesk desk, Stay stay) throws Exception {
    try (PromptScope prompt = new PromptScope();
        CardChannel channel = desk.connect(stay, prompt)) {
      channel.transmit(Apdu.select(HexFormat.of().parseHex("A000000308000010000100")));
      return channel.transmit(new Apdu(0, Apdu.VERIFY, 0, 0x80, new byte[0], 0)).sw();
    }
  }
}
