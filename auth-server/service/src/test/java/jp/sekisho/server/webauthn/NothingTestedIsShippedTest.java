package jp.sekisho.server.webauthn;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.server.config.DataDirectory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only tests may trust, and what only other kinds of terminals may do, is shipped nowhere. */
class NothingTestedIsShippedTest {
  private static final String CHROMIUM = "01020304-0506-0708-0102-030405060708";
  private static final Path ROOT = Path.of("..", "..");

  private static List<Path> shipped() throws IOException {
    try (Stream<Path> profiles = Files.walk(ROOT.resolve("policies/profiles"));
        Stream<Path> service = Files.walk(Path.of("src/main"));
        Stream<Path> agent = Files.walk(ROOT.resolve("endpoint-agent/src/main"));
        Stream<Path> scripts = Files.walk(ROOT.resolve("e2e"), 1)) {
      return Stream.of(profiles, service, agent, scripts)
          .flatMap(files -> files)
          .filter(Files::isRegularFile)
          .toList();
    }
  }

  @Test
  @DisplayName("no profile, no program and no trial lists Chromium's virtual authenticator")
  void chromium() throws IOException {
    List<Path> files = shipped();
    assertTrue(files.size() > 100, files.size() + " files");
    for (Path file : files) {
      String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      assertFalse(text.contains(CHROMIUM), file.toString());
      assertFalse(text.contains("OU=Authenticator Attestation"), file.toString());
      assertFalse(file.getFileName().toString().endsWith(".pem"), file.toString());
    }
  }

  @Test
  @DisplayName("a new installation lists no model at all")
  void noModels(@TempDir Path data) throws IOException {
    PasskeyModels models = new PasskeyModels(new DataDirectory(data).passkeyModels());
    assertTrue(models.find(CHROMIUM).isEmpty());
    assertTrue(models.find("../../keys/row-mac").isEmpty(), "an AAGUID is no path");
  }

  @Test
  @DisplayName("no page offers passkeys by itself: no conditional UI on counter terminals")
  void noAutofill() throws IOException {
    int scripts = 0;
    for (Path file : shipped()) {
      String name = file.getFileName().toString();
      if (name.endsWith(".js") || name.endsWith(".jte")) {
        String text = Files.readString(file);
        assertFalse(text.contains("mediation"), name);
        assertFalse(text.contains("conditional"), name);
        assertFalse(text.contains("webauthn"), name);
        scripts++;
      }
    }
    assertTrue(scripts >= 15, "looked at " + scripts);
  }
}
