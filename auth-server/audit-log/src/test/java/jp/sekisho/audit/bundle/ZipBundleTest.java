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
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
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

  /** What one member is written with; all else is as it should be. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Trick(byte[] localExtra, byte[] centralExtra, byte[] behind, int... local) {}

  private static final byte[] NONE = {};

  /** A ZIP whose entries are written with a trick: local method, CRC, packed and unpacked size. */
  private static byte[] tricked(Trick trick) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream directory = new ByteArrayOutputStream();
    for (String name : MEMBERS) {
      Trick used =
          name.equals("entries.jsonl") ? trick : new Trick(NONE, NONE, NONE, -1, -1, -1, -1);
      byte[] data = Fixtures.bytes("bundle/" + name);
      ByteArrayOutputStream deflated = new ByteArrayOutputStream();
      try (DeflaterOutputStream packing =
          new DeflaterOutputStream(deflated, new Deflater(6, true))) {
        packing.write(data);
      }
      deflated.write(used.behind());
      CRC32 crc = new CRC32();
      crc.update(data);
      int[] said = {8, (int) crc.getValue(), deflated.size(), data.length};
      int[] local = said.clone();
      for (int i = 0; i < local.length; i++) {
        local[i] = used.local()[i] < 0 ? said[i] : used.local()[i];
      }
      int offset = out.size();
      byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
      out.write(header(false, local, ascii.length, used.localExtra().length, 0));
      out.write(ascii);
      out.write(used.localExtra());
      deflated.writeTo(out);
      directory.write(header(true, said, ascii.length, used.centralExtra().length, offset));
      directory.write(ascii);
      directory.write(used.centralExtra());
    }
    int start = out.size();
    directory.writeTo(out);
    ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0x06054b50).putInt(0).putShort((short) MEMBERS.size());
    end.putShort((short) MEMBERS.size()).putInt(directory.size()).putInt(start).putShort((short) 0);
    out.write(end.array());
    return out.toByteArray();
  }

  private static byte[] header(boolean central, int[] said, int name, int extra, int offset) {
    ByteBuffer header = ByteBuffer.allocate(central ? 46 : 30).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(central ? 0x02014b50 : 0x04034b50);
    if (central) {
      header.putShort((short) 20);
    }
    header.putShort((short) 20).putShort((short) 0).putShort((short) said[0]);
    header.putShort((short) 0).putShort((short) 33);
    header.putInt(said[1]).putInt(said[2]).putInt(said[3]);
    header.putShort((short) name).putShort((short) extra);
    if (central) {
      header.putInt(42, offset);
    }
    return header.array();
  }

  private static byte[] extra(int id, int length) {
    ByteBuffer field = ByteBuffer.allocate(4 + length).order(ByteOrder.LITTLE_ENDIAN);
    return field.putShort((short) id).putShort((short) length).array();
  }

  private static Trick extras(byte[] local, byte[] central) {
    return new Trick(local, central, NONE, -1, -1, -1, -1);
  }

  /** Attack: unzip shows other entries than those verified, by a Unicode Path field. */
  @Test
  void aMemberThatOtherProgramsReadDifferentlyIsRefused() throws Exception {
    assertInstanceOf(Verified.class, verify(tricked(extras(NONE, NONE))));
    assertInstanceOf(
        Verified.class, verify(tricked(extras(extra(0x5455, 9), extra(0x7875, 11)))), "times");
    for (int id : new int[] {0x7075, 0x0001, 0x6375, 0xcafe}) {
      expectRefused(tricked(extras(extra(id, 8), NONE)));
      expectRefused(tricked(extras(NONE, extra(id, 8))));
    }
    expectRefused(tricked(extras(extra(0x5455, 125), NONE))); // 129 bytes
    expectRefused(tricked(extras(Arrays.copyOf(extra(0x5455, 9), 12), NONE)));
    expectRefused(tricked(extras(NONE, new byte[] {0x55, 0x54, 0})));
    byte[] hidden = "HIDDEN".repeat(100).getBytes(StandardCharsets.US_ASCII);
    expectRefused(tricked(new Trick(NONE, NONE, hidden, -1, -1, -1, -1)));
    expectRefused(tricked(new Trick(NONE, NONE, new byte[1], -1, -1, -1, -1)));
    expectRefused(tricked(new Trick(NONE, NONE, NONE, 0, -1, -1, -1)));
    expectRefused(tricked(new Trick(NONE, NONE, NONE, -1, 9, -1, -1)));
    expectRefused(tricked(new Trick(NONE, NONE, NONE, -1, -1, 5, -1)));
    expectRefused(tricked(new Trick(NONE, NONE, NONE, -1, -1, -1, 7)));
  }

  @Test
  void aDamagedReadmeIsNoticedToo() throws Exception {
    byte[] zip = zip("README.txt");
    int at = new String(zip, StandardCharsets.ISO_8859_1).indexOf("README.txt") + 11;
    zip[at] ^= 1;
    expectRefused(zip);
  }
}
