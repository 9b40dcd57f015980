package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a row's MAC binds. */
class RowSealTest {
  private final RowSeal seal = new RowSeal(new byte[RowSeal.KEY_BYTES]);
  private final EntryReceipt entry = new EntryReceipt(new byte[16], "mayor");
  private final byte[] mac = seal.seal("role", entry, "S1", "ADMIN", 5, true, null);

  @Test
  void acceptsTheRowAsWritten() {
    assertTrue(seal.verify(mac, "role", new byte[16], "S1", "ADMIN", 5, true, null));
  }

  @Test
  void refusesAnyOtherTableEntryColumnOrOrder() {
    byte[] other = new byte[16];
    other[0] = 1;
    assertFalse(seal.verify(mac, "post", new byte[16], "S1", "ADMIN", 5, true, null));
    assertFalse(seal.verify(mac, "role", other, "S1", "ADMIN", 5, true, null));
    assertFalse(seal.verify(mac, "role", new byte[16], "S2", "ADMIN", 5, true, null));
    assertFalse(seal.verify(mac, "role", new byte[16], "ADMIN", "S1", 5, true, null));
    assertFalse(seal.verify(mac, "role", new byte[16], "S1", "ADMIN", 6, true, null));
    assertFalse(seal.verify(mac, "role", new byte[16], "S1", "ADMIN", 5, false, null));
    assertFalse(seal.verify(mac, "role", new byte[16], "S1", "ADMIN", 5, true, ""));
    assertFalse(seal.verify(mac, "role", new byte[16], "S1", "ADMIN", 5, true));
    assertFalse(seal.verify(new byte[0], "role", new byte[16], "S1", "ADMIN", 5, true, null));
  }

  @Test
  void neighbouringTextsDoNotRunTogether() {
    byte[] split = seal.seal("t", entry, "ab", "c");
    assertFalse(seal.verify(split, "t", new byte[16], "a", "bc"));
  }

  @Test
  void typesAreToldApart() {
    byte[] text = seal.seal("t", entry, "1");
    assertFalse(seal.verify(text, "t", new byte[16], 1L));
    assertFalse(
        seal.verify(
            text,
            "t",
            new byte[16],
            (Object) "1".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    byte[] time = seal.seal("t", entry, Instant.ofEpochMilli(1));
    assertFalse(seal.verify(time, "t", new byte[16], 1L));
  }

  @Test
  void anotherKeyMakesAnotherSeal() {
    byte[] key = new byte[RowSeal.KEY_BYTES];
    key[31] = 1;
    assertFalse(new RowSeal(key).verify(mac, "role", new byte[16], "S1", "ADMIN", 5, true, null));
    assertThrows(IllegalArgumentException.class, () -> new RowSeal(new byte[16]));
  }
}
