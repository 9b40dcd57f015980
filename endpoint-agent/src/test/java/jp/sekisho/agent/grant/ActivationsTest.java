package jp.sekisho.agent.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jp.sekisho.protocol.Base64Url;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationsTest {
  private static final String NONCE = Base64Url.encode(new byte[32]);
  private static final String FIRST = Base64Url.encode(new byte[16]);
  private static final String SECOND = "AQAAAAAAAAAAAAAAAAAAAA";
  private static final Instant END = Instant.parse("2026-11-21T04:00:00Z");
  private static final String FILE =
      "{\"activations\":[{\"boot\":\"AAAAAAAAAAAAAAAAAAAAAA\","
          + "\"deadline\":\"2026-11-21T01:31:00Z\",\"deadlineSinceBootMillis\":19800000,"
          + "\"end\":\"2026-11-21T04:00:00Z\","
          + "\"grant\":\"AAAAAAAAAAAAAAAAAAAAAA\","
          + "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"open\":true,"
          + "\"serverTime\":\"2026-11-21T01:01:00Z\"},"
          + "{\"end\":\"2026-11-21T04:00:00Z\",\"grant\":\"AQAAAAAAAAAAAAAAAAAAAA\","
          + "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"open\":false}],\"v\":2}";

  @TempDir Path temp;

  @Test
  @DisplayName("activations.json has one form")
  void form() throws Exception {
    Path file = temp.resolve("activations.json");
    Activations written = Activations.open(file);
    written.put(Activation.asking(SECOND, NONCE, END));
    written.put(
        Activation.asking(FIRST, NONCE, END)
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
            FILE.replace("\"v\":2", "\"v\":1"),
            FILE.replace(",\"v\":2", ""),
            FILE.replace("T01:31:00Z", ""),
            FILE.replaceFirst("\"end\":\"2026-11-21T04:00:00Z\",", ""),
            FILE.replace("\"open\":false", "\"open\":0"))) {
      Path file = Files.writeString(temp.resolve("bad.json"), bad);
      assertThrows(IOException.class, () -> Activations.open(file), bad);
    }
  }

  @Test
  @DisplayName("a used grant is forgotten only after the end of its own text")
  void keptUntilItsEnd() throws Exception {
    Activations kept = Activations.open(temp.resolve("activations.json"));
    kept.put(
        Activation.asking(FIRST, NONCE, END)
            .answered(
                new Activation.Answer(
                    Instant.parse("2026-11-21T01:01:00Z"),
                    Instant.parse("2026-11-21T01:31:00Z"),
                    Base64Url.encode(new byte[16]),
                    Duration.ofMinutes(330))));
    kept.forgetOver(Instant.parse("2026-11-21T01:32:00Z"), Set.of());
    kept.forgetOver(END.minusSeconds(1), Set.of());
    assertEquals(1, kept.all().size());
    kept.forgetOver(END, Set.of(FIRST));
    assertEquals(1, kept.all().size());
    kept.forgetOver(END, Set.of());
    assertEquals(0, kept.all().size());
  }

  @Test
  @DisplayName("who reads does not wait for who writes")
  void readersDoNotWait() throws Exception {
    Activations kept = Activations.open(temp.resolve("activations.json"));
    kept.put(Activation.asking(FIRST, NONCE, END));
    synchronized (kept) {
      assertEquals(
          1,
          CompletableFuture.supplyAsync(() -> kept.of(FIRST).isPresent() ? kept.all().size() : 0)
              .get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  @DisplayName("as many as may be kept fit into what is read")
  void most() throws Exception {
    Path file = temp.resolve("activations.json");
    Activations kept = Activations.open(file);
    byte[] id = new byte[16];
    for (int i = 0; i < Activations.MOST; i++) {
      id[0] = (byte) i;
      id[1] = (byte) (i >> 8);
      kept.put(
          Activation.asking(Base64Url.encode(id), NONCE, END)
              .answered(
                  new Activation.Answer(END, END, Base64Url.encode(id), Duration.ofDays(9000))));
    }
    assertThrows(IOException.class, () -> kept.put(Activation.asking("further", NONCE, END)));
    assertEquals(Activations.MOST, Activations.open(file).all().size());
  }
}
