package jp.sekisho.audit.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Tables of names: what they say, and who can read them. */
class SealedNamesTest {
  private static final String CHECKPOINT = "audit.example/log/general/1\n300\nroot\n";

  private static final LocalDate DAY = LocalDate.of(2026, 4, 1);

  private static NameRow post(String division, String title, String from, String until) {
    return new NameRow(
        "S-1024",
        "関 所太郎",
        division,
        division + "課",
        title,
        LocalDate.parse(from),
        LocalDate.parse(until));
  }

  private static NameTable table() {
    return NameTable.of(
        List.of(
            post("0101", "主事", "2024-04-01", "2026-03-31"),
            post("0202", "主査\tand\nmore", "2026-04-01", "9999-12-31"),
            post("0303", "併任", "2026-04-01", "2027-03-31")));
  }

  @Test
  void theTableTellsThePostOfTheDayAndOfTheEntry() {
    LocalDate before = LocalDate.parse("2026-03-31");
    LocalDate after = LocalDate.parse("2026-04-01");
    assertEquals("関 所太郎", table().name("S-1024", DAY));
    assertEquals("", table().name("S-9999", DAY));
    assertEquals("0101課 主事", table().post("S-1024", null, before));
    assertEquals("0303課 併任", table().post("S-1024", "0303", after));
    assertEquals("", table().post("S-1024", "0303", before));
    assertTrue(table().post("S-1024", null, after).contains("、"), "of two posts both");
  }

  @Test
  void aNameIsThatOfTheDay() {
    LocalDate change = LocalDate.parse("2026-10-01");
    NameTable table =
        NameTable.of(
            List.of(
                new NameRow("S-1", "所 花子", "01", "一課", "主事", change, LocalDate.MAX),
                new NameRow("S-1", "関 花子", "01", "一課", "主事", DAY, change.minusDays(1))));
    assertEquals("関 花子", table.name("S-1", change.minusDays(1)));
    assertEquals("所 花子", table.name("S-1", change));
    assertEquals("関 花子", table.name("S-1", DAY.minusYears(3)), "before the first post");
    assertEquals(1, table.people());
  }

  @Test
  void onlyTheCodeAndTheCheckpointItWasSealedToOpenIt() {
    SealCode code = SealCode.random();
    byte[] sealed = SealedNames.seal(table(), code, CHECKPOINT);
    SealCode typed =
        SealCode.parse(" " + code.reveal().toLowerCase(Locale.ROOT).replace("-", " "))
            .orElseThrow();
    NameTable opened = SealedNames.open(sealed, typed, CHECKPOINT).orElseThrow();
    assertEquals("関 所太郎", opened.name("S-1024", DAY));
    assertEquals("0202課 主査 and more", opened.post("S-1024", "0202", LocalDate.parse("2030-01-01")));
    assertTrue(SealedNames.open(sealed, SealCode.random(), CHECKPOINT).isEmpty(), "another code");
    assertTrue(
        SealedNames.open(sealed, code, CHECKPOINT.replace("300", "301")).isEmpty(), "another log");
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertTrue(SealedNames.open(changed, code, CHECKPOINT).isEmpty(), "byte " + i);
    }
    for (int length : new int[] {0, 17, 45, sealed.length - 1}) {
      byte[] cut = java.util.Arrays.copyOf(sealed, length);
      assertTrue(SealedNames.open(cut, code, CHECKPOINT).isEmpty(), "cut at " + length);
    }
  }

  @Test
  void nothingOfANameIsInTheClear() {
    byte[] sealed = SealedNames.seal(table(), SealCode.random(), CHECKPOINT);
    String text = new String(sealed, StandardCharsets.ISO_8859_1);
    for (String secret : List.of("関", "S-1024", "主事")) {
      String bytes =
          new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      assertFalse(text.contains(bytes), secret);
    }
    assertFalse(table().toString().contains("関"));
    assertFalse(post("0101", "主事", "2024-04-01", "2026-03-31").toString().contains("関"));
  }

  @Test
  void aCodeIsReadAsItIsWrittenAndNothingElseIsOne() {
    for (int i = 0; i < 200; i++) {
      String text = SealCode.random().reveal();
      assertEquals(text, SealCode.parse(text).orElseThrow().reveal());
    }
    assertFalse(SealCode.random().reveal().equals(SealCode.random().reveal()));
    for (String wrong :
        new String[] {"", "0", "Z".repeat(26), "0".repeat(25), "0".repeat(27), "U".repeat(26)}) {
      assertTrue(SealCode.parse(wrong).isEmpty(), wrong);
    }
    assertEquals("SealCode[***]", SealCode.random().toString());
  }
}
