package jp.sekisho.server.policy;

import java.util.Map;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.server.storage.Recent;

/**
 * What files say, read once for each content: every login asks for the same few. Whether a file
 * counts is no question of this class, so it is one for all databases of a process. Thread-safe.
 */
final class ReadFiles {
  private static final int MOST = 2048; // 1,000 layers, the roots, and some that were replaced
  private static final Map<String, Object> BODIES = Recent.map(MOST);

  private ReadFiles() {}

  /** Reads one body. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(byte[] body) throws MalformedException;
  }

  static Trusted<Root> root(SignedFile file) throws MalformedException {
    return trusted(file, Root.class, Root::parse);
  }

  static Trusted<Policy> policy(SignedFile file) throws MalformedException {
    return trusted(file, Policy.class, Policy::parse);
  }

  static Trusted<ScopedLayer> layer(SignedFile file) throws MalformedException {
    return trusted(file, ScopedLayer.class, ScopedLayer::parse);
  }

  private static <T> Trusted<T> trusted(SignedFile file, Class<T> type, Reader<T> reader)
      throws MalformedException {
    String hash = file.hash();
    Object known = BODIES.get(hash);
    T body;
    if (type.isInstance(known)) {
      body = type.cast(known);
    } else {
      body = reader.read(file.bodyBytes());
      BODIES.put(hash, body);
    }
    return new Trusted<>(file.header(), hash, body);
  }
}
