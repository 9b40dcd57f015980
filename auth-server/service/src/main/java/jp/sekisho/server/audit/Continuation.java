package jp.sekisho.server.audit;

import java.util.List;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.protocol.Base64Url;

/**
 * A checkpoint, and the proof that its log continues an older one.
 *
 * @param checkpoint the signed note
 */
public record Continuation(String checkpoint, ConsistencyProof proof) {
  /** The hashes of the proof, base64url, as they travel. */
  public List<String> path() {
    return proof.path().stream().map(Hash::bytes).map(Base64Url::encode).toList();
  }
}
