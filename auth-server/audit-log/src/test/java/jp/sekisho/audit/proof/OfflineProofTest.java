package jp.sekisho.audit.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.bundle.BundleCopy;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.InclusionProof;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfflineProofTest {
  private static OfflineProof proof(int index, boolean withEntry) throws Exception {
    try (BundleCopy copy = BundleCopy.open(Fixtures.path("bundle"))) {
      return OfflineProof.of(
          withEntry ? Fixtures.entries().get(index) : null,
          index,
          InclusionProof.build(copy.nodes(300), index, 300).path(),
          SignedNote.parse(copy.checkpoint()));
    }
  }

  @Test
  void everyEntryOfABundleIsProvedByAFileOfItsOwn() throws Exception {
    ProofCheck check = new ProofCheck(Fixtures.keys(), false);
    for (int index : new int[] {0, 1, 127, 128, 255, 256, 298, 299}) {
      OfflineProof read = OfflineProof.parse(proof(index, true).toBytes());
      assertEquals(index, read.index());
      assertInstanceOf(Verified.class, check.check(read, read.entry().orElseThrow()));
      byte[] other = Fixtures.entries().get((index + 1) % 300);
      Invalid invalid = assertInstanceOf(Invalid.class, check.check(read, other));
      assertEquals(Reason.NOT_PROVED, invalid.reason());
    }
  }

  @Test
  void theTextIsThatOfTheSpecification() throws Exception {
    String text = new String(proof(299, true).toBytes(), StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    assertEquals("c2sp.org/tlog-proof@v1", lines.get(0));
    assertEquals("extra ", lines.get(1).substring(0, 6));
    assertEquals("index 299", lines.get(2));
    assertEquals("", lines.get(3 + 5)); // 300 = 256 + 32 + 8 + 4: two in the four, then three
    assertEquals(Fixtures.text("checkpoint-300"), text.substring(text.indexOf("\n\n") + 2));
    String without = new String(proof(299, false).toBytes(), StandardCharsets.UTF_8);
    assertEquals("index 299", without.lines().toList().get(1));
    assertEquals(
        false, OfflineProof.parse(without.getBytes(StandardCharsets.UTF_8)).entry().isPresent());
  }

  @Test
  void noBitOfItCanBeChanged() throws Exception {
    ProofCheck check = new ProofCheck(Fixtures.keys(), false);
    byte[] good = proof(5, true).toBytes();
    String text = new String(good, StandardCharsets.UTF_8);
    int greaseFrom =
        text.substring(0, text.indexOf("— grease")).getBytes(StandardCharsets.UTF_8).length;
    int greaseTo =
        text.substring(0, text.indexOf("— witness")).getBytes(StandardCharsets.UTF_8).length;
    int unreadable = 0;
    for (int i = 0; i < good.length; i++) {
      if (i >= greaseFrom && i < greaseTo) {
        continue; // a signature by nobody we know is ignored, by rule
      }
      for (int bit = 0; bit < 8; bit++) {
        byte[] bent = good.clone();
        bent[i] ^= (byte) (1 << bit);
        try {
          OfflineProof read = OfflineProof.parse(bent);
          assertInstanceOf(
              Invalid.class, check.check(read, read.entry().orElse(new byte[0])), "byte " + i);
        } catch (FormatException refused) {
          unreadable++;
        }
      }
    }
    assertTrue(unreadable > 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "c2sp.org/tlog-proof@v1\n\n",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nX",
        "c2sp.org/tlog-proof@v1\nindex 00\n\nX",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nX",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\nX",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nX",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\nX",
        "c2sp.org/tlog-proof@v1\nextra AAA\nindex 0\n\nX",
        "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nX"
      })
  void whatIsNotCanonicalIsRefused(String text) {
    String whole = text.replace("X", Fixtures.text("checkpoint-300"));
    assertThrows(
        FormatException.class, () -> OfflineProof.parse(whole.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aPathOfMoreHashesThanAnyTreeNeedsIsRefused() {
    String hash = "uOYWnzN7lrSraibtxiRLrR1slO4k7MQ0vEXe64of6xk=\n";
    String text =
        "c2sp.org/tlog-proof@v1\nindex 0\n"
            + hash.repeat(64)
            + "\n"
            + Fixtures.text("checkpoint-5");
    assertThrows(
        FormatException.class, () -> OfflineProof.parse(text.getBytes(StandardCharsets.UTF_8)));
  }
}
