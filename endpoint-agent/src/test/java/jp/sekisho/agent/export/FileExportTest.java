package jp.sekisho.agent.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipInputStream;
import jp.sekisho.agent.testing.MemoryMedium;
import jp.sekisho.agent.testing.Opened;
import jp.sekisho.agent.testing.RecipientKeys;
import jp.sekisho.agent.testing.ScriptedFiles;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R13: what leaves is encrypted; the format is that of docs/export.md. */
class FileExportTest {
  private static final String NAME = "名簿 令和8年.csv";
  private static final RecipientKeys RSA = RecipientKeys.make("rsa");
  private static final RecipientKeys P256 = RecipientKeys.make("secp256r1");
  private static final RecipientKeys P384 = RecipientKeys.make("secp384r1");

  private final SecureRandom random = new SecureRandom();
  private final MemoryMedium medium = new MemoryMedium();

  @TempDir Path temp;

  private static Form to(RecipientKeys... all) {
    return new Form.Encrypted(
        new Recipients.Certificates(Arrays.stream(all).map(RecipientKeys::certificate).toList()));
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private byte[] there(String name) {
    return Objects.requireNonNull(medium.files.get(name));
  }

  private List<WrittenPart> export(byte[] content, Form form, long largest) throws IOException {
    ScriptedFiles source = new ScriptedFiles().with(NAME, content);
    FileExport export = new FileExport(source, source.next().orElseThrow(), form, random, largest);
    List<WrittenPart> parts = new ArrayList<>();
    while (!export.isWhole()) {
      String name = FileExport.envelopeName("0A1B2C3D", medium.files.size() + 1);
      export.next(medium, name, parts::add);
    }
    assertEquals(export.part(), parts.size());
    return parts;
  }

  @Test
  @DisplayName("each recipient's key opens it, any size; the hash is that of the medium's bytes")
  void eachRecipientOpensIt() throws IOException {
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 1_000_000}) {
      medium.files.clear();
      byte[] content = bytes(size);
      List<WrittenPart> parts = export(content, to(RSA, P256, P384), FileExport.LARGEST_PART);
      byte[] envelope = there("SEKISHO-0A1B2C3D-0001.p7m");
      assertEquals(
          List.of(
              new WrittenPart(
                  "SEKISHO-0A1B2C3D-0001.p7m", 1, size, envelope.length, Sha256.text(envelope))),
          parts);
      for (RecipientKeys each : List.of(RSA, P256, P384)) {
        Opened opened = Opened.by(each.key(), envelope);
        assertEquals(NAME, opened.name());
        assertArrayEquals(content, opened.content());
      }
    }
  }

  @Test
  @DisplayName("larger input comes in numbered parts that open one by one")
  void parts() throws IOException {
    for (int size : new int[] {99_999, 100_000, 100_001, 200_000, 250_000}) {
      medium.files.clear();
      byte[] content = bytes(size);
      List<WrittenPart> parts = export(content, to(P256), 100_000);
      ByteArrayOutputStream joined = new ByteArrayOutputStream();
      for (WrittenPart part : parts) {
        Opened opened = Opened.by(P256.key(), there(part.name()));
        String numbered = parts.size() == 1 ? NAME : NAME + String.format(".%03d", part.part());
        assertEquals(numbered, opened.name());
        assertEquals(part.content(), opened.content().length);
        joined.write(opened.content());
      }
      assertArrayEquals(content, joined.toByteArray());
      assertEquals((size + 99_999) / 100_000, parts.size());
    }
  }

  @Test
  @DisplayName("nothing of content or name stands on the medium")
  void saysNothing() throws IOException {
    byte[] content = "一行目の住民情報\n".repeat(500).getBytes(StandardCharsets.UTF_8);
    export(content, to(RSA), FileExport.LARGEST_PART);
    String all = new String(medium.files.values().iterator().next(), StandardCharsets.ISO_8859_1);
    for (String secret : List.of("一行目の住民情報", NAME, ".csv")) {
      String bytes =
          new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      assertFalse(all.contains(bytes), secret);
    }
  }

  @Test
  @DisplayName("another key, or one bit that was changed, opens nothing")
  void tampered() throws IOException {
    export(bytes(5_000), to(P256), FileExport.LARGEST_PART);
    byte[] envelope = medium.files.values().iterator().next();
    assertThrows(
        IOException.class, () -> Opened.by(RecipientKeys.make("secp256r1").key(), envelope));
    // The last six bytes end the structures around; before them stands the tag.
    for (int at : new int[] {envelope.length / 2, envelope.length - 20, envelope.length - 7}) {
      byte[] other = envelope.clone();
      other[at] ^= 1;
      assertThrows(IOException.class, () -> Opened.by(P256.key(), other), "byte " + at);
    }
    byte[] cut = Arrays.copyOf(envelope, envelope.length - 30);
    assertThrows(IOException.class, () -> Opened.by(P256.key(), cut));
  }

  @Test
  @DisplayName("a passphrase has 140 bits, opens it, and another does not")
  void passphrase() throws IOException {
    Passphrase made = Passphrase.make(random);
    String text = new String(made.chars());
    assertTrue(text.matches("([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}"), text);
    // Each of 32 letters is five bits.
    assertEquals(140, text.replace("-", "").length() * 5);
    assertFalse(made.toString().contains(text));
    Set<String> different = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      different.add(new String(Passphrase.make(random).chars()));
    }
    assertEquals(100, different.size());
    byte[] content = bytes(70_000);
    export(content, new Form.Encrypted(new Recipients.ByPassphrase(made)), FileExport.LARGEST_PART);
    byte[] envelope = medium.files.values().iterator().next();
    assertArrayEquals(content, Opened.by(text, envelope).content());
    String other = new String(Passphrase.make(random).chars());
    assertThrows(IOException.class, () -> Opened.by(other, envelope));
    made.close();
    assertEquals("\0".repeat(34), new String(made.chars()));
  }

  @Test
  @DisplayName(
      "a recipient opens it with openssl, by certificate and by passphrase; a bit changed fails")
  void openssl() throws Exception {
    Process openssl = new ProcessBuilder("openssl", "version").start();
    String version = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // What a recipient is told to use; ./dev doctor names the package.
    assertTrue(version.startsWith("OpenSSL 3"), version);
    byte[] content = bytes(200_000);
    export(content, to(RSA, P256, P384), FileExport.LARGEST_PART);
    Path envelope = Files.write(temp.resolve("a.p7m"), medium.files.values().iterator().next());
    for (RecipientKeys each : List.of(RSA, P256, P384)) {
      Path key =
          Files.writeString(temp.resolve("key"), pem("PRIVATE KEY", each.key().getEncoded()));
      Path certificate =
          Files.writeString(
              temp.resolve("cert"), pem("CERTIFICATE", each.certificate().getEncoded()));
      List<String> how = List.of("-recip", certificate.toString(), "-inkey", key.toString());
      assertArrayEquals(content, unzipped(decrypt(envelope, how)));
      byte[] changed = Files.readAllBytes(envelope);
      changed[changed.length / 2] ^= 1;
      Path bad = Files.write(temp.resolve("b.p7m"), changed);
      assertThrows(IOException.class, () -> decrypt(bad, how));
    }
    medium.files.clear();
    Passphrase made = Passphrase.make(random);
    export(content, new Form.Encrypted(new Recipients.ByPassphrase(made)), FileExport.LARGEST_PART);
    Path other = Files.write(temp.resolve("c.p7m"), medium.files.values().iterator().next());
    assertArrayEquals(
        content, unzipped(decrypt(other, List.of("-pwri_password", new String(made.chars())))));
  }

  private Path decrypt(Path envelope, List<String> how) throws Exception {
    Path out = temp.resolve("out.zip");
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "cms",
                "-decrypt",
                "-binary",
                "-inform",
                "DER",
                "-in",
                envelope.toString(),
                "-out",
                out.toString()));
    command.addAll(how);
    Process openssl = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (openssl.waitFor() != 0) {
      throw new IOException(said);
    }
    return out;
  }

  private static byte[] unzipped(Path zip) throws IOException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      assertEquals(NAME, Objects.requireNonNull(in.getNextEntry()).getName());
      return in.readAllBytes();
    }
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  @Test
  @DisplayName("weak RSA keys and other curves are not encrypted to")
  void keys() {
    for (String weak : List.of("rsa1024", "secp521r1")) {
      RecipientKeys keys = RecipientKeys.make(weak);
      assertThrows(IllegalArgumentException.class, () -> to(keys), weak);
    }
    assertThrows(IllegalArgumentException.class, FileExportTest::to);
  }

  private Refusal failure(ScriptedFiles source, Form form) {
    FileExport export = new FileExport(source, source.next().orElseThrow(), form, random, 100_000);
    NotExported failed =
        assertThrows(
            NotExported.class,
            () -> {
              while (!export.isWhole()) {
                export.next(medium, "part" + export.part(), part -> {});
              }
            });
    return failed.reason();
  }

  @Test
  @DisplayName(
      "a file that is longer or shorter than it said does not stay, nor one that ends early")
  void untrue() {
    for (Form form : List.of(to(P256), new Form.Plain())) {
      assertEquals(
          Refusal.EXPORT_SOURCE, failure(new ScriptedFiles().with("a", 10, bytes(9)), form));
      assertEquals(
          Refusal.EXPORT_SOURCE, failure(new ScriptedFiles().with("a", 10, bytes(11)), form));
      ScriptedFiles gone = new ScriptedFiles().with("a", bytes(200));
      gone.brokenOff = true;
      assertEquals(Refusal.EXPORT_SOURCE, failure(gone, form));
      assertEquals(Set.of(), medium.files.keySet());
    }
  }

  @Test
  @DisplayName("a medium that is full, or gives back something else, keeps nothing")
  void mediumFails() {
    medium.free = 50;
    assertEquals(
        Refusal.EXPORT_MEDIUM, failure(new ScriptedFiles().with("a", bytes(200)), to(P256)));
    medium.free = 1 << 20;
    medium.lies = true;
    assertEquals(
        Refusal.EXPORT_MISMATCH, failure(new ScriptedFiles().with("a", bytes(200)), to(P256)));
    assertEquals(Set.of(), medium.files.keySet());
  }

  @Test
  @DisplayName("what is plain is the very file, in one part")
  void plain() throws IOException {
    byte[] content = bytes(250_000);
    List<WrittenPart> parts = export(content, new Form.Plain(), 100_000);
    assertEquals(1, parts.size());
    assertArrayEquals(content, there(parts.get(0).name()));
    assertEquals(Sha256.text(content), parts.get(0).sha256());
  }
}
