package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What a row's MAC binds. */
class RowSealTest {
  private final RowSeal seal = new RowSeal(new byte[RowSeal.KEY_BYTES]);
  private final EntryReceipt entry = new EntryReceipt(new byte[16], "mayor");
  private final byte[] mac = seal.seal("role", entry, "S1", "ADMIN", 5, true, null);

  /** A format on disk: every stored row depends on it. The literal was made by another program. */
  @Test
  void bytesOnDisk() {
    byte[] key =
        HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    byte[] id = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
    byte[] sealed =
        new RowSeal(key)
            .seal(
                "role",
                new EntryReceipt(id, "mayor"),
                "S1",
                "所",
                5,
                -1L,
                true,
                false,
                Instant.ofEpochMilli(1763683200000L),
                new byte[] {0, (byte) 0xff},
                null);
    assertEquals(
        "64d7de26a6f1e30f0bed41d6fd8c03138350fc622f094cfac8a7a3193b94de97",
        HexFormat.of().formatHex(sealed));
  }

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
