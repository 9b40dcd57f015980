package jp.sekisho.smartcard.piv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardChannel;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.jpki.JpkiCard;
import jp.sekisho.smartcard.jpki.JpkiProfile;
import jp.sekisho.smartcard.jpki.JpkiReading;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cards made by somebody who wants to hurt: whatever they answer, the host answers its caller, lets
 * the card go, presents a PIN at most once a request, and never takes a signature that is none.
 */
class HostileCardTest {
  private static final int CONVERSATIONS = 3_000;
  private static final int[] STATUS = {
    0x9000, 0x9000, 0x9000, 0x6100, 0x6110, 0x6C00, 0x6C10, 0x63C3, 0x63C1, 0x63C0, 0x6300, 0x6983,
    0x6984, 0x6982, 0x6A82, 0x6D00, 0x6999, 0x0000, 0xFFFF
  };

  @TempDir static Path directory;
  private static ScriptedCard good;
  private static Fingerprint fingerprint;

  @BeforeAll
  static void personalise() throws Exception {
    good = new ScriptedCard(directory);
    fingerprint =
        assertInstanceOf(CardReading.Present.class, new PivCard(good).read()).fingerprint();
  }

  /** Answers as a function says; remembers what was done to it. */
  private static final class Hostile implements CardChannel {
    private final Function<Apdu, Response> answer;
    private int begun;
    private int ended;
    private int commands;
    private int pins;

    private Hostile(Function<Apdu, Response> answer) {
      this.answer = answer;
    }

    @Override
    public void begin() {
      begun++;
    }

    @Override
    public Response transmit(Apdu command) {
      commands++;
      if (command.ins() == Apdu.VERIFY && command.data().length > 0) {
        pins++;
      }
      return answer.apply(command);
    }

    @Override
    public void endAndReset() {
      ended++;
    }

    @Override
    public void close() {}
  }

  private static SignOutcome sign(CardChannel card) {
    try (Pin pin = Pin.of("123456".toCharArray()).orElseThrow()) {
      return new PivCard(card).sign(new SignRequest(fingerprint, pin, new byte[] {1, 2, 3}, true));
    }
  }

  private static Response random(Random random) {
    byte[] data = new byte[random.nextInt(4) == 0 ? random.nextInt(257) : random.nextInt(12)];
    random.nextBytes(data);
    return new Response(
        data,
        random.nextInt(8) == 0 ? random.nextInt(0x10000) : STATUS[random.nextInt(STATUS.length)]);
  }

  @Test
  void whateverItSaysTheCallerGetsARefusalAndTheCardIsLetGo() {
    Random random = new Random(4);
    for (int i = 0; i < CONVERSATIONS; i++) {
      Hostile card = new Hostile(command -> random(random));
      assertInstanceOf(CardReading.Refused.class, new PivCard(card).read());
      assertInstanceOf(SignOutcome.Refused.class, sign(card));
      JpkiReading reading = new JpkiCard(card, Duration.ofSeconds(15), JpkiProfile.KNOWN).read();
      assertInstanceOf(JpkiReading.Refused.class, reading);
      assertEquals(card.begun, card.ended, "every transaction ends with a reset");
      assertTrue(card.pins <= 1, card.pins + " PINs");
    }
  }

  @Test
  void aTrueCardWithAFewBitsChangedOnTheWaySignsTrulyOrNotAtAll() {
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      good.unblock();
      int wrong = random.nextInt(14);
      int[] index = {0};
      Hostile card =
          new Hostile(command -> {
            Response genuine = relayed(command);
            if (index[0]++ != wrong) {
              return genuine;
            }
            byte[] bytes = genuine.encode();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            return new Response(
                Arrays.copyOf(bytes, bytes.length - 2),
                (bytes[bytes.length - 2] & 0xFF) << 8 | (bytes[bytes.length - 1] & 0xFF));
          });
      SignOutcome outcome = sign(card);
      good.unblock();
      assertEquals(card.begun, card.ended);
      assertTrue(card.pins <= 1, card.pins + " PINs");
      refused += outcome instanceof SignOutcome.Refused ? 1 : 0;
    }
    assertNotEquals(0, refused);
  }

  private static Response relayed(Apdu command) {
    try {
      return good.transmit(command);
    } catch (CardException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anAnswerThatNeverEndsIsCutOff() {
    Hostile drop = new Hostile(command -> new Response(new byte[1], 0x6101));
    assertEquals(
        CardFailure.CARD_ERROR,
        assertInstanceOf(CardReading.Refused.class, new PivCard(drop).read()).failure());
    Hostile empty = new Hostile(command -> Response.of(0x6110));
    assertEquals(
        CardFailure.CARD_ERROR,
        assertInstanceOf(CardReading.Refused.class, new PivCard(empty).read()).failure());
    assertTrue(empty.commands < 5, empty.commands + " commands");
    Hostile again = new Hostile(command -> Response.of(0x6C10));
    assertInstanceOf(CardReading.Refused.class, new PivCard(again).read());
    assertTrue(again.commands < 10, again.commands + " commands");
    for (Hostile card : List.of(drop, empty, again)) {
      assertEquals(card.begun, card.ended);
    }
  }

  @Test
  void aFaultOfOurOwnLetsTheCardGoToo() {
    Hostile card =
        new Hostile(command -> {
          throw new StackOverflowError("as of a structure nested too deeply");
        });
    assertThrows(IllegalStateException.class, () -> new PivCard(card).read());
    assertEquals(1, card.begun);
    assertEquals(1, card.ended);
  }
}
