package jp.sekisho.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.note.WitnessSigner;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;

/** The files described in FIXTURES.txt, and the keys that signed them. */
public final class Fixtures {
  /** Origin of the fixtures' log. */
  public static final String ORIGIN = "audit.example/log/general/1";

  /** Entries in the fixtures' bundle. */
  public static final int SIZE = 300;

  private Fixtures() {}

  /** Returns where a fixture lies. */
  public static Path path(String name) {
    try {
      var url = Fixtures.class.getResource("fixtures/" + name);
      if (url == null) {
        throw new IllegalArgumentException("no fixture " + name);
      }
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Returns a fixture's bytes. */
  public static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a fixture's text. */
  public static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /** Returns the three vkeys: log, witness, another log key. */
  public static List<String> vkeys() {
    return text("keys.txt").lines().filter(line -> !line.startsWith("#")).toList();
  }

  /** Returns key number i of {@link #vkeys}. */
  public static VerifierKey key(int i) throws FormatException {
    return VerifierKey.parse(vkeys().get(i));
  }

  /** Returns the keys an auditor of the fixtures' log has. */
  public static TrustedKeys keys() throws FormatException {
    return new TrustedKeys(key(0), List.of(key(1)));
  }

  /** Returns the log's private key. */
  public static LogSigner logSigner() throws FormatException {
    return LogSigner.of(ORIGIN, seed(0));
  }

  /** Returns the witness's private key. */
  public static WitnessSigner witnessSigner() throws FormatException {
    return WitnessSigner.of("witness.example/audit-office", seed(32));
  }

  private static byte[] seed(int first) {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) (first + i);
    }
    return seed;
  }

  /** Returns the entries of the fixtures' bundle. */
  public static List<byte[]> entries() {
    return text("bundle/entries.jsonl")
        .lines()
        .map(line -> line.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** Returns their leaf hashes. */
  public static List<Hash> leaves() {
    return entries().stream().map(Rfc6962::leaf).toList();
  }

  /** Returns MTH as RFC 6962 §2.1 defines it, word for word. */
  public static Hash naiveRoot(List<Hash> leaves) {
    if (leaves.size() <= 1) {
      return leaves.isEmpty() ? Rfc6962.EMPTY_ROOT : leaves.get(0);
    }
    int k = 1;
    while (k * 2 < leaves.size()) {
      k *= 2;
    }
    return Rfc6962.node(
        naiveRoot(leaves.subList(0, k)), naiveRoot(leaves.subList(k, leaves.size())));
  }

  /** Copies the fixtures' bundle, to be tampered with. */
  public static Path copyBundle(Path parent) throws IOException {
    Path from = path("bundle");
    Path to = parent.resolve("bundle");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  /** Puts lines into a bundle. */
  public static void writeEntries(Path bundle, List<byte[]> lines) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] line : lines) {
      all.writeBytes(line);
      all.write('\n');
    }
    Files.write(bundle.resolve("entries.jsonl"), all.toByteArray());
  }

  /** Reads hexadecimal hashes. */
  public static List<Hash> hashes(String... hex) {
    List<Hash> hashes = new ArrayList<>();
    for (String one : hex) {
      hashes.add(Hash.of(HexFormat.of().parseHex(one)));
    }
    return hashes;
  }
}
