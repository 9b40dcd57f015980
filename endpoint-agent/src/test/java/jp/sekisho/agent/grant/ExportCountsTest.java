package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.ExportGrant.Export;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCountsTest {
  private static final String KEY = Base64Url.encode(new byte[32]);
  private static final String FIRST = Base64Url.encode(new byte[16]);
  private static final String SECOND = "AQAAAAAAAAAAAAAAAAAAAA";
  private static final String FILE =
      "{\"exports\":[{\"bytes\":30,\"end\":\"2026-11-21T04:00:00Z\",\"files\":2,"
          + "\"grant\":\"AAAAAAAAAAAAAAAAAAAAAA\","
          + "\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"parts\":1},"
          + "{\"bytes\":0,\"end\":\"2026-11-21T04:00:00Z\",\"files\":1,"
          + "\"grant\":\"AQAAAAAAAAAAAAAAAAAAAA\","
          + "\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"parts\":0}],\"v\":1}";

  /** Its keys are what the fixture has. */
  private static final SecureRandom ZEROS =
      new SecureRandom() {
        private static final long serialVersionUID = 1L;

        @Override
        public void nextBytes(byte[] bytes) {
          Arrays.fill(bytes, (byte) 0);
        }
      };

  @TempDir Path temp;

  private static ExportGrant text(String grant) {
    ExportGrant read = DeskWorld.text("one");
    return new ExportGrant(
        grant,
        read.organ(),
        read.person(),
        read.terminal(),
        Capability.USB_EXPORT_ENCRYPTED,
        read.medium(),
        read.fingerprint(),
        read.reason(),
        read.document(),
        read.legalBasis(),
        read.providedTo(),
        read.subjects(),
        read.start(),
        read.end(),
        read.minutes(),
        null,
        new Export("prefecture", 5, 100, List.of()));
  }

  @Test
  @DisplayName("exports.json has one form, and is read as it was written")
  void form() throws Exception {
    Path file = temp.resolve("exports.json");
    ExportCounts written = ExportCounts.open(file, ZEROS);
    assertEquals(1, written.begin(text(SECOND), 0));
    assertEquals(1, written.begin(text(FIRST), 10));
    assertEquals(2, written.begin(text(FIRST), 20));
    assertEquals(1, written.nextPart(text(FIRST)));
    assertEquals(FILE, Files.readString(file));
    ExportCounts read = ExportCounts.open(file, ZEROS);
    assertEquals(0, read.begin(text(FIRST), 71));
    assertEquals(3, read.begin(text(FIRST), 70));
    assertEquals(2, read.nextPart(text(FIRST)));
    assertEquals(
        written.nameInLog(text(FIRST), "a"),
        ExportCounts.open(file, new SecureRandom()).nameInLog(text(FIRST), "a"));
  }

  @Test
  @DisplayName("another version, none, or a bad value is refused: nobody knows then what was")
  void refuses() throws Exception {
    Files.writeString(temp.resolve("good.json"), FILE);
    ExportCounts.open(temp.resolve("good.json"), ZEROS);
    for (String bad :
        List.of(
            FILE.replace("\"v\":1", "\"v\":2"),
            FILE.replace(",\"v\":1", ""),
            FILE.replace("T04:00:00Z", ""),
            FILE.replaceFirst("\"end\":\"2026-11-21T04:00:00Z\",", ""),
            FILE.replace("\"files\":2", "\"files\":-1"),
            FILE.replace("\"files\":2", "\"files\":2147483648"),
            FILE.replace("\"files\":2", "\"files\":\"2\""),
            FILE.replace("\"bytes\":30", "\"bytes\":-30"),
            FILE.replace("\"parts\":1", "\"parts\":-1"),
            FILE.replaceFirst(FIRST, "AAAA"),
            FILE.replaceFirst("\"key\":\"AAAAA", "\"key\":\"A"),
            FILE.replace(SECOND, FIRST),
            FILE.substring(0, FILE.length() - 1),
            FILE + " ",
            "[]",
            "")) {
      Path file = Files.writeString(temp.resolve("bad.json"), bad);
      assertThrows(IOException.class, () -> ExportCounts.open(file, ZEROS), bad);
    }
  }

  @Test
  @DisplayName("what is larger than may be is not read")
  void tooLarge() throws Exception {
    Path file = temp.resolve("large.json");
    Files.writeString(file, FILE + " ".repeat((1 << 20) + 1));
    IOException refused = assertThrows(IOException.class, () -> ExportCounts.open(file, ZEROS));
    assertEquals("large.json: over 1048576 bytes", refused.getMessage());
  }

  @Test
  @DisplayName("as many as may be kept fit into what is read, each as large as it can be")
  void most() throws Exception {
    Path file = temp.resolve("exports.json");
    List<Object> all = new java.util.ArrayList<>();
    byte[] id = new byte[16];
    for (int i = 0; i < ExportCounts.MOST; i++) {
      id[0] = (byte) i;
      id[1] = (byte) (i >> 8);
      TreeMap<String, Object> one = new TreeMap<>();
      one.put("grant", Base64Url.encode(id));
      one.put("end", Instant.parse("2026-11-21T04:00:00.123456789Z").toString());
      one.put("files", Integer.MAX_VALUE);
      one.put("bytes", 1L << 52);
      one.put("parts", Integer.MAX_VALUE - 1);
      one.put("key", KEY);
      all.add(one);
    }
    Files.write(file, CanonicalJson.write(java.util.Map.of("v", 1, "exports", all), 1 << 20));
    ExportCounts full = ExportCounts.open(file, ZEROS);
    assertThrows(IOException.class, () -> full.begin(text("AAABAAAAAAAAAAAAAAAAAA"), 1));
    assertEquals(Integer.MAX_VALUE, full.nextPart(text(FIRST)));
    assertThrows(ArithmeticException.class, () -> full.nextPart(text(FIRST)));
    ExportCounts.open(file, ZEROS);
  }

  @Test
  @DisplayName("a count is forgotten after its end only, and not while its grant is kept")
  void forgotten() throws Exception {
    Path file = Files.writeString(temp.resolve("exports.json"), FILE);
    ExportCounts counts = ExportCounts.open(file, ZEROS);
    Instant end = Instant.parse("2026-11-21T04:00:00Z");
    counts.forgetOver(end.minusSeconds(1), Set.of());
    assertEquals(FILE, Files.readString(file));
    counts.forgetOver(end, Set.of(FIRST));
    assertTrue(Files.readString(file).contains(FIRST));
    assertEquals(1, counts.begin(text(SECOND), 0));
    assertEquals(3, counts.begin(text(FIRST), 0));
  }
}
