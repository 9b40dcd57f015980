package jp.sekisho.audit.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ZIP files made to deceive. */
class ZipBundleTest {
  private static final List<String> MEMBERS =
      List.of("entries.jsonl", "tile/0/000", "tile/0/001.p/44", "checkpoint");

  @TempDir private Path temp;
  private BundleVerifier verifier;

  @BeforeEach
  void trust() throws Exception {
    verifier = new BundleVerifier(Fixtures.keys(), false);
  }

  /** Returns the fixtures' bundle as a ZIP, with one more member if a name is given. */
  private static byte[] zip(String... more) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : MEMBERS) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(Fixtures.bytes("bundle/" + name));
      }
      for (String name : more) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write("evil".getBytes(StandardCharsets.US_ASCII));
      }
    }
    return out.toByteArray();
  }

  private Verification verify(byte[] zip) throws IOException {
    return verifier.verify(Files.write(temp.resolve("bundle.zip"), zip));
  }

  private void expectRefused(byte[] zip) throws IOException {
    Invalid invalid = assertInstanceOf(Invalid.class, verify(zip));
    assertEquals(Reason.BUNDLE_MALFORMED, invalid.reason());
  }

  /** Returns the offset of the central header of member number i. */
  private static int central(byte[] zip, int i) {
    ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int at = in.getInt(zip.length - 6);
    for (int n = 0; n < i; n++) {
      at += 46 + in.getShort(at + 28) + in.getShort(at + 30) + in.getShort(at + 32);
    }
    assertEquals(0x02014b50, in.getInt(at));
    return at;
  }

  @Test
  void theUnspoiltOneVerifies() throws Exception {
    assertInstanceOf(Verified.class, verify(zip()));
    assertInstanceOf(Verified.class, verify(zip("README.txt")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "tile/../../evil",
        "/etc/passwd",
        "C:evil",
        "C:\\evil",
        "..\\evil",
        "tile//0",
        "tile/",
        ".hidden",
        "notes.html",
        "tile/0/002",
        "tile/1/000",
        "Checkpoint",
        "check\u200bpoint",
        "con\u0000fig"
      })
  void namesThatClimbOrDoNotBelongAreRefused(String name) throws Exception {
    expectRefused(zip(name));
    try (var files = Files.list(temp)) {
      assertEquals(List.of(temp.resolve("bundle.zip")), files.toList());
    }
  }

  @Test
  void aMemberThereTwiceIsRefused() throws Exception {
    byte[] zip = zip("checkpoinx");
    String text = new String(zip, StandardCharsets.ISO_8859_1);
    expectRefused(text.replace("checkpoinx", "checkpoint").getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aLinkIsRefused() throws Exception {
    byte[] zip = zip();
    int at = central(zip, 3);
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(at + 38, 0xA1FF << 16);
    expectRefused(zip);
  }

  @Test
  void headersThatContradictEachOtherAreRefused() throws Exception {
    byte[] zip = zip();
    zip[30] = 'f'; // first letter of the first local name
    expectRefused(zip);
  }

  @Test
  void overlappingMembersAreRefused() throws Exception {
    byte[] zip = zip("README.txt");
    ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    in.putInt(central(zip, 4) + 42, in.getInt(central(zip, 3) + 42));
    expectRefused(zip);
  }

  @Test
  void bytesBeforeBetweenOrAfterAreRefused() throws Exception {
    byte[] zip = zip();
    expectRefused(Arrays.copyOf(zip, zip.length + 1));
    byte[] shifted = new byte[zip.length + 1];
    System.arraycopy(zip, 0, shifted, 1, zip.length);
    expectRefused(shifted);
    for (int length = 0; length < zip.length; length += 97) {
      expectRefused(Arrays.copyOf(zip, length));
    }
  }

  @Test
  void aMemberThatUnpacksToMoreThanItSaysIsRefused() throws Exception {
    byte[] zip = zip();
    ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    in.putInt(central(zip, 0) + 24, 1000);
    expectRefused(zip);
  }

  @Test
  void aBombIsReadOnlyUntilItIsKnownToBeOne() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : MEMBERS) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(
            name.equals("checkpoint") ? new byte[200_000_000] : Fixtures.bytes("bundle/" + name));
      }
    }
    expectRefused(out.toByteArray());
  }

  @Test
  void everySingleBitIsDetectedOrChangesNothingThatIsClaimed() throws Exception {
    byte[] zip = smallZip();
    Verification honest = verify(zip);
    assertInstanceOf(Verified.class, honest);
    int undetected = 0;
    for (int i = 0; i < zip.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        zip[i] ^= (byte) (1 << bit);
        Verification outcome = verify(zip);
        if (outcome instanceof Verified) {
          // Times, versions and attributes of the container: no member differs by a byte.
          assertEquals(honest, outcome);
          undetected++;
        }
        zip[i] ^= (byte) (1 << bit);
      }
    }
    // Three members, each with at most 80 bytes of container that no reader heeds.
    assertTrue(undetected < 3 * 8 * 80, undetected + " bits of the container go unnoticed");
  }

  /** Returns a bundle of two entries as a ZIP without README. */
  private byte[] smallZip() throws Exception {
    List<byte[]> entries = Fixtures.entries().subList(0, 2);
    Path small = temp.resolve("small");
    BundleWriter.writeDirectory(small, BundleVerifierTest.sign(entries), entries.iterator());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : List.of("entries.jsonl", "tile/0/000.p/2", "checkpoint")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(Files.readAllBytes(small.resolve(name)));
      }
    }
    return out.toByteArray();
  }

  @Test
  void aDamagedReadmeIsNoticedToo() throws Exception {
    byte[] zip = zip("README.txt");
    int at = new String(zip, StandardCharsets.ISO_8859_1).indexOf("README.txt") + 11;
    zip[at] ^= 1;
    expectRefused(zip);
  }
}
