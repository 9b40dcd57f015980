package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CardPresenceTest {
  private static final int PRESENT = 0x22;
  private static final int EMPTY = 0x12;

  private final CardPresence presence = new CardPresence();

  private List<CardEvent> seen(int counter, int state) {
    return presence.seen(new ReaderState("R", counter << 16 | state));
  }

  @Test
  void insertionAndRemovalAreSeenOnce() {
    assertEquals(List.of(), seen(0, EMPTY));
    assertEquals(List.of(new CardEvent.Inserted("R", 1)), seen(1, PRESENT));
    assertEquals(List.of(), seen(1, PRESENT | 0x100), "in use by somebody");
    assertEquals(List.of(new CardEvent.Removed("R")), seen(2, EMPTY));
    assertEquals(List.of(), seen(2, EMPTY));
  }

  @Test
  void removedAndReinsertedBetweenTwoLooksIsARemoval() {
    assertEquals(List.of(new CardEvent.Inserted("R", 1)), seen(1, PRESENT));
    assertEquals(
        List.of(new CardEvent.Removed("R"), new CardEvent.Inserted("R", 3)), seen(3, PRESENT));
  }

  @Test
  void theCounterMayPassSixteenBits() {
    assertEquals(List.of(new CardEvent.Inserted("R", 0xFFFF)), seen(0xFFFF, PRESENT));
    assertEquals(
        List.of(new CardEvent.Removed("R"), new CardEvent.Inserted("R", 1)), seen(1, PRESENT));
  }

  @Test
  void aReaderThatIsUnknownUnavailableOrUnpluggedHoldsNoCard() {
    for (int gone : new int[] {0x4, 0x8}) {
      seen(1, PRESENT);
      assertEquals(List.of(new CardEvent.Removed("R")), seen(1, PRESENT | gone));
    }
    seen(1, PRESENT);
    assertEquals(List.of(), presence.onlyIn(List.of("R")));
    assertEquals(List.of(new CardEvent.Removed("R")), presence.onlyIn(List.of("S")));
    assertEquals(List.of(), presence.onlyIn(List.of()));
  }
}
