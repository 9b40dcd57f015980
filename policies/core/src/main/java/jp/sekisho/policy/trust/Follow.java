package jp.sekisho.policy.trust;

import java.util.List;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * Whether one version of a file may follow another: never a lower one, and an equal one only if it
 * is the same file.
 *
 * <p>One way out, for a key that signed a version nobody can reach (fast-forward): once a later
 * root takes the right away from those who signed the old file, its version binds nobody. What
 * follows then must be issued not before that root, so that nothing older comes back by this way.
 */
final class Follow {
  private Follow() {}

  /**
   * @param chain the roots from the one {@code old} counted under to the newest
   */
  static <T> void check(
      @Nullable Trusted<T> old, Trusted<T> next, String name, List<Trusted<Root>> chain)
      throws RefusedException {
    if (old == null || next.version() > old.version() || next.hash().equals(old.hash())) {
      return;
    }
    for (Trusted<Root> root : chain) {
      if (!lets(root.body(), old)) {
        if (next.header().issued().isBefore(root.header().issued())) {
          break;
        }
        return;
      }
    }
    if (next.version() < old.version()) {
      throw new RefusedException(
          Refusal.POLICY_OLDER, name + " " + next.version() + " after " + old.version());
    }
    throw new RefusedException(
        Refusal.POLICY_MISMATCH, "another " + name + " of version " + next.version());
  }

  private static boolean lets(Root root, Trusted<?> file) {
    TrustHeader header = file.header();
    List<String> signers = header.signers();
    if (header.kind() == TrustKind.POLICY) {
      return file.body() instanceof ScopedLayer layer
          ? root.lets(signers, layer.scope().organ())
          : root.lets(signers);
    }
    return signers.contains(root.online().id());
  }
}
