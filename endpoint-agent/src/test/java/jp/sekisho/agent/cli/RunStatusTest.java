package jp.sekisho.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.protocol.CanonicalJson;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStatusTest {
  private static final Instant NOW = Instant.parse("2026-11-21T01:00:00Z");
  private static final RunStatus.Open OPEN =
      new RunStatus.Open(
          "AAECAwQFBgcICQoLDA0ODw",
          "M-0007",
          "/run/sekisho/media/3-1/medium",
          NOW.plusSeconds(1741));
  @TempDir Path temp;

  private static RunStatus status(List<RunStatus.Open> open, long ahead) {
    return new RunStatus(1, NOW, true, NOW, ahead, true, null, 7, 0, "PLENTY", null, false, open);
  }

  @Test
  @DisplayName("the file keeps what is open, and reads again")
  void file() throws Exception {
    StateDirectory state = new StateDirectory(temp);
    RunStatus written = status(List.of(OPEN), 0);
    Files.write(state.status(), CanonicalJson.write(written.fields()));
    assertEquals(Optional.of(written), RunStatus.read(state));
  }

  @Test
  @DisplayName("minutes left are begun ones, by the service's clock")
  void minutes() {
    assertEquals(30, status(List.of(OPEN), 0).minutesLeft(OPEN, NOW));
    assertEquals(29, status(List.of(OPEN), 60_000).minutesLeft(OPEN, NOW));
    assertEquals(0, status(List.of(OPEN), 0).minutesLeft(OPEN, NOW.plusSeconds(4000)));
  }

  @Test
  @DisplayName("the clerk reads in both languages where it is and until when")
  void text() {
    for (Locale locale : List.of(Locale.JAPANESE, Locale.ENGLISH)) {
      String text =
          Texts.of(locale).text("status.open", "M-0007", "/run/x", "2026-11-21T01:29:01Z", "30");
      for (String part : List.of("M-0007", "/run/x", "2026-11-21T01:29:01Z", "30")) {
        assertTrue(text.contains(part), text);
      }
    }
  }
}
