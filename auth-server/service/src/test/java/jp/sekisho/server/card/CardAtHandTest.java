package jp.sekisho.server.card;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.LoginScene;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.CardAtHand.Shown;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cards tried before they are registered; the reader is memory. */
class CardAtHandTest {
  private static final InstantSource NOW = InstantSource.system();

  @TempDir Path directory;

  /** A card whose answers a test may replace. */
  private static class Reader implements CardChannel {
    private final PivApplet card;

    Reader(PivApplet card) {
      this.card = card;
    }

    @Override
    public void begin() throws CardException {}

    @Override
    public Response transmit(Apdu command) throws CardException {
      return card.process(command.encode());
    }

    @Override
    public void endAndReset() {
      card.reset();
    }

    @Override
    public void close() {
      card.reset();
    }
  }

  private PivApplet card(String name) throws Exception {
    return PivApplet.open(
        directory.resolve(name),
        new NewCard(
            NewCard.Kind.STAFF,
            "100042",
            Optional.of(directory.resolve("ca-" + name)),
            Optional.empty()));
  }

  private Path makers(String name) throws Exception {
    // A virtual maker's root is made when a card of his first attests.
    Reader reader = new Reader(card(name));
    reader.transmit(Apdu.select(HexFormat.of().parseHex("A000000308000010000100")));
    assertTrue(reader.transmit(new Apdu(0, 0xF9, 0x9A, 0, new byte[0], 256)).data().length > 0);
    Path trust = directory.resolve("trust");
    Files.createDirectories(trust.resolve("attestation"));
    Files.copy(
        directory.resolve("ca-" + name + "/attestation/root.der"),
        trust.resolve("attestation/maker.crt"));
    return trust;
  }

  @Test
  @DisplayName("a card that refuses before VERIFY is read; what it attests counts where pinned")
  void asks() throws Exception {
    PivApplet card = card("a");
    Shown.Asks plain =
        assertInstanceOf(
            Shown.Asks.class, CardAtHand.look(new Reader(card), directory.resolve("none"), NOW));
    assertFalse(plain.attested());
    Shown.Asks attested =
        assertInstanceOf(Shown.Asks.class, CardAtHand.look(new Reader(card), makers("a"), NOW));
    assertTrue(attested.attested());
  }

  @Test
  @DisplayName("an attestation that no pinned maker stands behind proves the contrary")
  void foreignMaker() throws Exception {
    assertInstanceOf(
        Shown.Unproved.class, CardAtHand.look(new Reader(card("a")), makers("b"), NOW));
  }

  @Test
  @DisplayName("a card that signs before VERIFY is refused, one that fails is said to")
  void signsForAnybody() throws Exception {
    Reader soft =
        new Reader(card("a")) {
          @Override
          public Response transmit(Apdu command) throws CardException {
            return command.ins() == Apdu.GENERAL_AUTHENTICATE
                ? new Response(new byte[] {0x7C, 0}, Response.OK)
                : super.transmit(command);
          }
        };
    assertInstanceOf(Shown.Unproved.class, CardAtHand.look(soft, directory, NOW));
    Reader gone =
        new Reader(card("a")) {
          @Override
          public void begin() throws CardException {
            throw new CardException(CardFailure.CARD_REMOVED, "scripted");
          }
        };
    assertInstanceOf(Shown.Unreadable.class, CardAtHand.look(gone, directory, NOW));
  }

  @Test
  @DisplayName("attested means normal; unproved is refused with an entry; the path counts as ever")
  void registers() throws Exception {
    try (LoginScene scene = new LoginScene(Files.createDirectory(directory.resolve("scene")))) {
      scene.organOfPerson.put("100042", "mayor");
      KeyPair keys = TestCa.rsa();
      byte[] other =
          scene.ca.issue("100042", keys.getPublic(), Duration.ofDays(9), "1.2.3.4").getEncoded();
      CardRegistry.Outcome.Refused no =
          assertInstanceOf(
              CardRegistry.Outcome.Refused.class,
              scene.registry.register("100042", new Shown.Unproved("it signs")));
      assertEquals(Refusal.CARD_UNPROVED, no.reason());
      assertEquals("CARD_UNPROVED", scene.newest("mayor").reason());
      assertEquals(
          Assurance.NORMAL,
          assertInstanceOf(
                  CardRegistry.Outcome.Registered.class,
                  scene.registry.register("100042", new Shown.Asks(other, true)))
              .card()
              .assurance());
      byte[] foreign =
          new TestCa("Other", scene.clock.instant())
              .issue("100042", TestCa.rsa().getPublic())
              .getEncoded();
      assertEquals(
          Refusal.CERT_UNTRUSTED,
          assertInstanceOf(
                  CardRegistry.Outcome.Refused.class,
                  scene.registry.register("100042", new Shown.Asks(foreign, true)))
              .reason());
    }
  }
}
