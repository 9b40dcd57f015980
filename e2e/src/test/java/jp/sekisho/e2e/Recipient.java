package jp.sekisho.e2e;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * An authority outside that gets files: its key, its certificate, and the commands of {@code
 * docs/export.md} with which it opens what is on a medium.
 */
final class Recipient {
  private final Programs programs;
  private final Path directory;

  private Recipient(Programs programs, Path directory) {
    this.programs = programs;
    this.directory = directory;
  }

  /** Makes key and certificate with OpenSSL. */
  static Recipient make(Programs programs, Path directory) throws IOException {
    Recipient recipient = new Recipient(programs, Files.createDirectories(directory));
    List<String> make = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", "ec"));
    make.addAll(List.of("-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"));
    make.addAll(List.of("-subj", "/CN=prefecture", "-keyout", recipient.key()));
    make.addAll(List.of("-out", recipient.certificateFile()));
    programs.run(make).expectOk();
    return recipient;
  }

  private String key() {
    return directory.resolve("key.pem").toString();
  }

  private String certificateFile() {
    return directory.resolve("cert.pem").toString();
  }

  /** Its certificate as a policy has it: the PEM file's lines without the first and the last. */
  String certificate() throws IOException {
    return Files.readAllLines(Path.of(certificateFile())).stream()
        .filter(line -> !line.startsWith("-----"))
        .collect(Collectors.joining());
  }

  /** Opens an envelope with its key; name and content of the file in it. */
  Map.Entry<String, byte[]> open(byte[] envelope) throws IOException {
    return open(envelope, "-recip", certificateFile(), "-inkey", key());
  }

  /** As {@link #open(byte[])}, with the passphrase that it was told. */
  Map.Entry<String, byte[]> open(byte[] envelope, String passphrase) throws IOException {
    return open(envelope, "-pwri_password", passphrase);
  }

  private Map.Entry<String, byte[]> open(byte[] envelope, String... with) throws IOException {
    Path file = Files.write(directory.resolve("received.p7m"), envelope);
    Path zip = directory.resolve("opened.zip");
    List<String> open = new ArrayList<>(List.of("openssl", "cms", "-decrypt", "-binary"));
    open.addAll(List.of("-inform", "DER", "-in", file.toString(), "-out", zip.toString()));
    open.addAll(List.of(with));
    programs.run(open).expectOk();
    try (ZipInputStream in =
        new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(zip)))) {
      ZipEntry entry = in.getNextEntry();
      if (entry == null) {
        throw new IOException("an envelope without a file");
      }
      Map.Entry<String, byte[]> opened = Map.entry(entry.getName(), in.readAllBytes());
      if (in.getNextEntry() != null) {
        throw new IOException("an envelope with a second file");
      }
      return opened;
    }
  }
}
