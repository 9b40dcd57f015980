package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import jp.sekisho.protocol.Base64Url;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationsTest {
  private static final String NONCE = Base64Url.encode(new byte[32]);
  private static final String FIRST = Base64Url.encode(new byte[16]);
  private static final String SECOND = "AQAAAAAAAAAAAAAAAAAAAA";
  private static final String FILE =
      "{\"activations\":[{\"boot\":\"AAAAAAAAAAAAAAAAAAAAAA\","
          + "\"deadline\":\"2026-11-21T01:31:00Z\",\"deadlineSinceBootMillis\":19800000,"
          + "\"grant\":\"AAAAAAAAAAAAAAAAAAAAAA\","
          + "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"open\":true,"
          + "\"serverTime\":\"2026-11-21T01:01:00Z\"},"
          + "{\"grant\":\"AQAAAAAAAAAAAAAAAAAAAA\","
          + "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"open\":false}],\"v\":1}";

  @TempDir Path temp;

  @Test
  @DisplayName("activations.json has one form")
  void form() throws Exception {
    Path file = temp.resolve("activations.json");
    Activations written = Activations.open(file);
    written.put(Activation.asking(SECOND, NONCE));
    written.put(
        Activation.asking(FIRST, NONCE)
            .answered(
                new Activation.Answer(
                    Instant.parse("2026-11-21T01:01:00Z"),
                    Instant.parse("2026-11-21T01:31:00Z"),
                    Base64Url.encode(new byte[16]),
                    Duration.ofMinutes(330)))
            .withOpen(true));
    assertEquals(FILE, Files.readString(file));
    assertEquals(written.all(), Activations.open(file).all());
    assertEquals(2, written.all().size());
  }

  @Test
  @DisplayName("another version, none, or a bad value is refused")
  void refuses() throws Exception {
    for (String bad :
        List.of(
            FILE.replace("\"v\":1", "\"v\":2"),
            FILE.replace(",\"v\":1", ""),
            FILE.replace("T01:31:00Z", ""),
            FILE.replace("\"open\":false", "\"open\":0"))) {
      Path file = Files.writeString(temp.resolve("bad.json"), bad);
      assertThrows(IOException.class, () -> Activations.open(file), bad);
    }
  }
}
