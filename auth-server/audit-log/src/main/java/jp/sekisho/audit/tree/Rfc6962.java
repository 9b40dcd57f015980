package jp.sekisho.audit.tree;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The two hash functions of RFC 6962 §2.1, kept apart by their first byte. */
public final class Rfc6962 {
  private static final byte LEAF = 0x00;
  private static final byte NODE = 0x01;

  /**
   * Looking one up costs as much as hashing an entry; one that has given its digest is new again.
   */
  private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Rfc6962::sha256);

  /** Root of the tree without entries: SHA-256 of nothing. */
  public static final Hash EMPTY_ROOT = Hash.owning(sha256().digest());

  private Rfc6962() {}

  /** Returns the hash of the leaf that holds these bytes. */
  public static Hash leaf(byte[] entry) {
    MessageDigest digest = DIGEST.get();
    digest.update(LEAF);
    return Hash.owning(digest.digest(entry));
  }

  /** Returns the hash of the node above two others. */
  public static Hash node(Hash left, Hash right) {
    MessageDigest digest = DIGEST.get();
    digest.update(NODE);
    digest.update(left.shared());
    return Hash.owning(digest.digest(right.shared()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
