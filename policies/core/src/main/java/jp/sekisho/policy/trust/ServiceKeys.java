package jp.sekisho.policy.trust;

import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.MalformedException;

/**
 * What a service tells the officers who make its root: the lines {@code online}, {@code staff-ca}
 * and {@code log} of a {@link Root}, in this order. Nobody signs it; officers compare it with what
 * the service's console shows.
 *
 * @param online the key that signs roster and current
 * @param staffCas base64url SHA-256 of the DER of each staff CA, ascending
 * @param logs verifier keys of its logs, ascending
 */
public record ServiceKeys(TrustKey online, List<String> staffCas, List<String> logs) {
  /** Copies the lists. */
  public ServiceKeys {
    staffCas = List.copyOf(staffCas);
    logs = List.copyOf(logs);
  }

  /** The file's bytes. */
  public byte[] bytes() {
    List<String> lines = new ArrayList<>();
    lines.add("online " + online.spki());
    staffCas.forEach(one -> lines.add("staff-ca " + one));
    logs.forEach(one -> lines.add("log " + one));
    return BodyLines.bytes(lines);
  }

  /** The keys in a file of exactly {@code bytes}; {@link Root} checks the lists. */
  public static ServiceKeys parse(byte[] bytes) throws MalformedException {
    BodyLines lines = BodyLines.read(bytes);
    String online = lines.one("online", 1).get(0);
    List<String> staffCas = lines.all("staff-ca", 1).stream().map(one -> one.get(0)).toList();
    List<String> logs = lines.all("log", 1).stream().map(one -> one.get(0)).toList();
    lines.end();
    return BodyLines.sameBytes(
        bytes, () -> new ServiceKeys(new TrustKey(online), staffCas, logs), ServiceKeys::bytes);
  }
}
