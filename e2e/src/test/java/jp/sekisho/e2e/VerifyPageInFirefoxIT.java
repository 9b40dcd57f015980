package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification.Verified;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * verify.html in the other engine: what a browser brings (Ed25519, streams that unpack, files,
 * words on the screen) once each, beside the program that does the same. Every case is {@code
 * VerifyPageIT}'s, in Chromium, whose engine is Edge's too.
 */
@Tag("browser")
@Tag("torture")
class VerifyPageInFirefoxIT {
  @TempDir private Path temp;
  private int files;

  @Test
  void saysWhatTheProgramSaysAndSendsNothing() throws Exception {
    try (SampleBundle sample = new SampleBundle();
        Firefox firefox = Firefox.open(temp)) {
      Path page = Files.write(temp.resolve("verify.html"), BundleWriter.page());
      firefox.go(page.toUri().toString());
      for (int size : new int[] {0, 256, 257}) {
        assertEquals(
            "", verify(firefox, sample, sample.bundle(SampleBundle.entries().subList(0, size))));
      }
      assertEquals("", verify(firefox, sample, sample.good));
      assertSays(firefox, SampleBundle.ORIGIN, "700", "kansa.example/office");
      press(firefox, "ja");
      assertSays(firefox, "検証できました");
      assertEquals("0", firefox.script("return performance.getEntriesByType('resource').length"));
      assertEquals(
          "ENTRY_DIFFERS", verify(firefox, sample, sample.edited(lines -> lines.set(300, "{}"))));
      assertSays(firefox, "記録番号 300（entries.jsonl の 301 行目）", "監査統括責任者");
      assertEquals(
          "TRUNCATED",
          verify(
              firefox,
              sample,
              sample.edited(lines -> lines.subList(690, SampleBundle.SIZE).clear())));
      assertEquals("TILES_ALTERED", verify(firefox, sample, sample.flipped("tile/0/001", 32 * 9)));
      Map<String, byte[]> members = SampleBundle.members(sample.good);
      int last = Objects.requireNonNull(members.get("checkpoint")).length - 20;
      String _ = verify(firefox, sample, sample.flipped("checkpoint", last)); // as the program
      fill(firefox, "witnesskeys", "");
      assertEquals("invalid", press(firefox, sample.good));
      assertEquals("UNWITNESSED", attribute(firefox, "data-reason"));
      // What takes Ed25519 away from it, or makes it say yes to everything.
      for (String other :
          List.of(
              "crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))",
              "crypto.subtle.verify = () => Promise.resolve(true)")) {
        firefox.go(page.toUri().toString());
        String _ = firefox.script(other);
        fill(firefox, "logkey", sample.log.verifierKey().toString());
        fill(firefox, "witnesskeys", sample.witness.verifierKey().toString());
        assertEquals("cannot", press(firefox, sample.good), other);
      }
    }
  }

  /** Verifies with the page, compares its verdict with the program's, and returns its reason. */
  private String verify(Firefox firefox, SampleBundle sample, byte[] zip) throws Exception {
    fill(firefox, "logkey", sample.log.verifierKey().toString());
    fill(firefox, "witnesskeys", sample.witness.verifierKey().toString());
    String result = press(firefox, zip);
    TrustedKeys keys =
        new TrustedKeys(sample.log.verifierKey(), List.of(sample.witness.verifierKey()));
    boolean verified =
        new BundleVerifier(keys, false).verify(temp.resolve(files + ".zip")) instanceof Verified;
    assertEquals(verified ? "valid" : "invalid", result, words(firefox));
    return attribute(firefox, "data-reason");
  }

  private String press(Firefox firefox, byte[] zip) throws IOException {
    firefox.choose("bundle", Files.write(temp.resolve(++files + ".zip"), zip));
    press(firefox, "verify");
    Programs.await(
        "a verdict",
        Duration.ofSeconds(30),
        () -> !List.of("working", "none").contains(attribute(firefox, "data-result")));
    return attribute(firefox, "data-result");
  }

  private static void press(Firefox firefox, String id) {
    String _ = firefox.script("document.getElementById('" + id + "').click()");
  }

  private static void fill(Firefox firefox, String id, String value) {
    String _ = firefox.script("document.getElementById('" + id + "').value = '" + value + "'");
  }

  private static String attribute(Firefox firefox, String name) {
    return firefox.script("return document.getElementById('result').getAttribute('" + name + "')");
  }

  private static String words(Firefox firefox) {
    return firefox.script("return document.getElementById('result').innerText");
  }

  private static void assertSays(Firefox firefox, String... parts) {
    for (String part : parts) {
      assertTrue(words(firefox).contains(part), words(firefox));
    }
  }
}
