package jp.sekisho.server.audit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.note.SignatureType;
import jp.sekisho.audit.note.VerifierKey;
import org.jspecify.annotations.Nullable;

/**
 * A party outside IT that cosigns checkpoints (立会人, C2SP tlog-witness).
 *
 * @param key its verifier key, type 0x04; the name says who it is
 * @param url where it listens, without {@code /add-checkpoint}; http will do, for nothing secret is
 *     sent and nothing unsigned believed
 */
public record OutsideWitness(VerifierKey key, URI url) {
  private static final int MOST = 8;

  /**
   * Reads a file of at most {@value #MOST} lines {@code VKEY URL}; empty lines and those that begin
   * with {@code #} say nothing. No file: no witness.
   *
   * @throws IOException naming file and line when it is anything else
   */
  public static List<OutsideWitness> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    List<OutsideWitness> witnesses = new ArrayList<>();
    Set<String> names = new HashSet<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      OutsideWitness witness = parse(line.strip());
      if (witness == null || !names.add(witness.key().name()) || names.size() > MOST) {
        throw new IOException(file + ": line " + number + " is no witness (VKEY URL)");
      }
      witnesses.add(witness);
    }
    return List.copyOf(witnesses);
  }

  private static @Nullable OutsideWitness parse(String line) {
    String[] parts = line.split("[ \t]+", -1);
    try {
      if (parts.length != 2) {
        return null;
      }
      VerifierKey key = VerifierKey.parse(parts[0]);
      URI url = URI.create(parts[1]);
      boolean usable =
          key.type() == SignatureType.COSIGNATURE_V1
              && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
              && url.getHost() != null
              && url.getRawUserInfo() == null
              && url.getRawQuery() == null
              && url.getRawFragment() == null;
      return usable ? new OutsideWitness(key, url) : null;
    } catch (FormatException | IllegalArgumentException e) {
      return null;
    }
  }
}
