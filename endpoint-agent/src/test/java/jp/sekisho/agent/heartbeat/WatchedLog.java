package jp.sekisho.agent.heartbeat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.Base64Url;

/** A log with a key, as a service that tells the truth or lies would show it. */
final class WatchedLog implements AutoCloseable {
  static final String ORIGIN = "auth.city.example/log/mayor/1";

  private final LogSigner signer;
  private final Map<List<Long>, Hash> nodes = new HashMap<>();
  private Frontier tree = Frontier.empty();

  WatchedLog(String origin, int seed) throws FormatException {
    byte[] key = new byte[32];
    key[0] = (byte) seed;
    signer = LogSigner.of(origin, key);
  }

  WatchedLog() throws FormatException {
    this(ORIGIN, 1);
  }

  String verifierKey() {
    return signer.verifierKey().toString();
  }

  void add(String entry) {
    Hash leaf = Rfc6962.leaf(entry.getBytes(StandardCharsets.UTF_8));
    tree = tree.append(leaf, (level, index, hash) -> nodes.put(List.of((long) level, index), hash));
  }

  WatchedLog with(int entries) {
    for (int i = 0; i < entries; i++) {
      add("entry " + i);
    }
    return this;
  }

  String checkpoint() {
    return new String(
        Checkpoint.of(signer.verifierKey().name(), tree).sign(signer).toBytes(),
        StandardCharsets.UTF_8);
  }

  List<String> pathFrom(long size) throws IOException {
    List<String> path = new ArrayList<>();
    ConsistencyProof proof =
        ConsistencyProof.build(
            (level, index) -> Objects.requireNonNull(nodes.get(List.of((long) level, index))),
            size,
            tree.size());
    proof.path().forEach(hash -> path.add(Base64Url.encode(hash.bytes())));
    return path;
  }

  @Override
  public void close() {
    signer.close();
  }
}
