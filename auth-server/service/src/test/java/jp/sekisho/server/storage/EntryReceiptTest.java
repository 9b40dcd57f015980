package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Ids of entries: the time, so that the database keeps neighbours together, and chance. */
class EntryReceiptTest {
  private static final byte[] RANDOM =
      HexFormat.of().parseHex("ffffffffffff0102030405060708090a" + "99");

  @Test
  void anIdIsSixBytesOfTimeAndTenRandomOnes() {
    byte[] id = EntryReceipt.id(Instant.ofEpochMilli(0x0193_5060_7080L), RANDOM);
    assertEquals("0193506070800102030405060708090a", HexFormat.of().formatHex(id));
  }

  @Test
  void idsAreInTheOrderOfTheirTimes() {
    Instant first = Instant.parse("2026-11-23T00:00:00.000Z");
    byte[] earlier = EntryReceipt.id(first, RANDOM);
    byte[] later = EntryReceipt.id(first.plusMillis(1), new byte[EntryReceipt.ID_BYTES]);
    assertEquals(-1, Integer.signum(Arrays.compareUnsigned(earlier, later)));
    assertEquals(-1, Integer.signum(ByteBuffer.wrap(earlier).compareTo(ByteBuffer.wrap(later))));
  }

  @Test
  void theRandomBytesAreNotTouched() {
    byte[] random = RANDOM.clone();
    byte[] _ = EntryReceipt.id(Instant.EPOCH, random);
    assertArrayEquals(RANDOM, random);
    assertThrows(IllegalArgumentException.class, () -> new EntryReceipt(new byte[15], "mayor"));
  }
}
