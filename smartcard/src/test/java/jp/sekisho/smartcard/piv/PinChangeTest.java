package jp.sekisho.smartcard.piv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PinChangeTest {
  @TempDir static Path directory;
  private ScriptedCard card;
  private Fingerprint fingerprint;

  @BeforeEach
  void insert() throws IOException {
    card = new ScriptedCard(directory);
    card.unblock();
    fingerprint = ((CardReading.Present) new PivCard(card).read()).fingerprint();
    card.sent.clear();
  }

  private PinChange.Outcome change(String old, String next, boolean lastTryConfirmed) {
    try (Pin current = Pin.of(old.toCharArray()).orElseThrow();
        Pin wanted = Pin.of(next.toCharArray()).orElseThrow()) {
      return new PinChange(card).change(fingerprint, current, wanted, lastTryConfirmed);
    }
  }

  private static PinChange.Outcome.Refused refused(PinChange.Outcome outcome) {
    return assertInstanceOf(PinChange.Outcome.Refused.class, outcome);
  }

  private long sent() {
    return card.sent.stream().filter(c -> c.ins() == Apdu.CHANGE_REFERENCE_DATA).count();
  }

  @Test
  void theNewPinCountsAndTheOldDoesNot() {
    assertInstanceOf(PinChange.Outcome.Changed.class, change("123456", "87654321", false));
    PinChange.Outcome.Refused old = refused(change("123456", "111111", false));
    assertEquals(CardFailure.PIN_WRONG, old.failure());
    assertEquals(OptionalInt.of(2), old.triesLeft());
    assertInstanceOf(PinChange.Outcome.Changed.class, change("87654321", "123456", false));
    assertEquals(card.transactions.get(), card.resets.get(), "each ends with a reset");
  }

  @Test
  void noPinIsLeftInTheCommand() {
    assertInstanceOf(PinChange.Outcome.Changed.class, change("123456", "123456", false));
    card.sent.stream()
        .filter(c -> c.ins() == Apdu.CHANGE_REFERENCE_DATA)
        .forEach(c -> {
          for (byte b : c.data()) {
            assertEquals(0, b);
          }
        });
  }

  @Test
  void theLastTryNeedsConfirmationAndABlockedPinIsNotSent() {
    assertEquals(CardFailure.PIN_WRONG, refused(change("000000", "111111", false)).failure());
    assertEquals(CardFailure.PIN_WRONG, refused(change("000000", "111111", false)).failure());
    long before = sent();
    assertEquals(CardFailure.PIN_LAST_TRY, refused(change("123456", "111111", false)).failure());
    assertEquals(before, sent());
    assertEquals(CardFailure.PIN_BLOCKED, refused(change("000000", "111111", true)).failure());
    assertEquals(CardFailure.PIN_BLOCKED, refused(change("123456", "111111", true)).failure());
    assertEquals(before + 1, sent());
  }

  @Test
  void anotherCardThanBeforeThePinIsRefusedUntouched() {
    fingerprint = Fingerprint.ofDer(new byte[] {1});
    assertEquals(CardFailure.CARD_SWAPPED, refused(change("123456", "111111", false)).failure());
    assertEquals(0, sent());
  }

  @ParameterizedTest
  @CsvSource({
    "6982,CARD_ERROR",
    "6300,PIN_WRONG",
    "6D00,CARD_ERROR",
    "63C1,PIN_WRONG",
    "6983,PIN_BLOCKED"
  })
  void theCardsAnswerDecides(String sw, CardFailure failure) {
    card.script(ScriptedCard.always(Apdu.CHANGE_REFERENCE_DATA, Integer.parseInt(sw, 16)));
    assertEquals(failure, refused(change("123456", "111111", false)).failure());
    assertEquals(1, sent(), "never repeated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"6A80", "6985"})
  void aNewPinTheCardDoesNotTakeIsSaidAsThat(String sw) {
    card.script(ScriptedCard.always(Apdu.CHANGE_REFERENCE_DATA, Integer.parseInt(sw, 16)));
    PinChange.Outcome.NewPinRefused outcome =
        assertInstanceOf(PinChange.Outcome.NewPinRefused.class, change("123456", "111111", false));
    assertEquals(OptionalInt.of(3), outcome.triesLeft());
    assertEquals(1, sent(), "never repeated");
  }

  @Test
  void afterAnErrorTheTriesAreAskedAgain() {
    for (int sw : new int[] {0x6300, 0x6F00}) {
      card.script(ScriptedCard.always(Apdu.CHANGE_REFERENCE_DATA, sw));
      assertEquals(OptionalInt.of(3), refused(change("123456", "111111", false)).triesLeft());
    }
  }

  /** SP 800-73-5 part 1, 3.3.2: the second byte of the PIN usage policy says 20. */
  @Test
  void ofACardWhoseUserHasTheGlobalPinThatOneIsChanged() {
    byte[] discovery = HexFormat.of().parseHex("7E124F0BA0000003080000100001005F2F026020");
    List<Integer> references = new ArrayList<>();
    card.script((index, command) -> {
      int ins = command.ins();
      if (ins == Apdu.GET_DATA && command.data().length == 3) {
        return Optional.of(new Response(discovery, 0x9000));
      }
      if (ins == Apdu.CHANGE_REFERENCE_DATA || ins == Apdu.VERIFY) {
        references.add(command.p2());
        int sw = ins == Apdu.VERIFY ? 0x63C5 : 0x9000;
        return Optional.of(new Response(new byte[0], sw));
      }
      return Optional.empty();
    });
    assertInstanceOf(PinChange.Outcome.Changed.class, change("123456", "111111", false));
    assertEquals(List.of(0, 0), references);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
  void aCardThatLeavesAtAnyCommandIsAnOutcome(int at) {
    card.script(card.removedAt(at));
    PinChange.Outcome outcome = change("123456", "123456", false);
    if (card.sent.size() > at) {
      assertEquals(CardFailure.CARD_REMOVED, refused(outcome).failure());
    } else {
      assertInstanceOf(PinChange.Outcome.Changed.class, outcome);
    }
  }

  @Test
  void sameComparesWhatIsMeant() {
    try (Pin half = Pin.of("123456".toCharArray()).orElseThrow();
        Pin full = Pin.of("１２３４５６".toCharArray()).orElseThrow();
        Pin longer = Pin.of("1234567".toCharArray()).orElseThrow()) {
      assertTrue(PinChange.same(half, full));
      assertFalse(PinChange.same(half, longer));
    }
  }
}
