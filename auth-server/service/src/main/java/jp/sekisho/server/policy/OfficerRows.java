package jp.sekisho.server.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/**
 * What officers and delegates signed, as the database holds it and {@link OfficerFiles} confirms.
 * The files' signatures were verified when they came; since then the rows' seals stand for them.
 * Thread-safe.
 */
final class OfficerRows {
  /** The organ of a row that is of the whole installation. */
  static final String ALL = "-";

  private final SignedFiles files;
  private final OfficerFiles last;

  OfficerRows(SignedFiles files, OfficerFiles last) {
    this.files = files;
    this.last = last;
  }

  /**
   * The rows of one moment.
   *
   * @param roots all of them, oldest first
   * @param layers the newest of each scope, named or not
   */
  record Rows(List<SignedFile> roots, Optional<SignedFile> policy, List<SignedFile> layers) {
    boolean none() {
      return roots.isEmpty() && policy.isEmpty();
    }

    /** What they say; empty without a root or without a policy. */
    Optional<Officers> officers() {
      if (roots.isEmpty() || policy.isEmpty()) {
        return Optional.empty();
      }
      SignedFile root = roots.getLast();
      SignedFile rules = policy.get();
      try {
        return Optional.of(
            new Officers(
                ReadFiles.root(root), ReadFiles.policy(rules), List.copyOf(named().keySet())));
      } catch (MalformedException e) {
        throw new IllegalStateException("a stored file is of a newer version", e);
      }
    }

    /** The layers that the newest root and a 機関's own layer name. */
    Map<Trusted<ScopedLayer>, SignedFile> named() {
      Map<Trusted<ScopedLayer>, SignedFile> all = parsed(layers);
      if (roots.isEmpty() || all.isEmpty()) {
        return Map.of();
      }
      try {
        Set<LayerScope> named =
            SignedLayers.named(ReadFiles.root(roots.getLast()).body(), all.keySet());
        all.keySet().removeIf(layer -> !named.contains(layer.body().scope()));
        return all;
      } catch (MalformedException e) {
        throw new IllegalStateException("a stored root is of a newer version", e);
      }
    }
  }

  /**
   * The rows, confirmed.
   *
   * @throws TamperedException when a seal does not hold, or a row is missing or older than what was
   *     imported last
   */
  Rows read(Handle handle) {
    Rows rows = unconfirmed(handle);
    confirm(rows);
    return rows;
  }

  /** The rows as their seals alone vouch for them: an import may bring back what was lost. */
  Rows unconfirmed(Handle handle) {
    return new Rows(
        files.roots(handle), files.newest(handle, TrustKind.POLICY, ALL), files.layers(handle));
  }

  /** Compares {@code rows} with what is kept outside the database. */
  void confirm(Rows rows) {
    Map<String, SignedFile> layers = new TreeMap<>();
    parsed(rows.layers()).forEach((layer, file) -> layers.put(layer.body().scope().text(), file));
    last.require(
        rows.roots().isEmpty() ? null : rows.roots().getLast(), rows.policy().orElse(null), layers);
  }

  /** Layers by what they say, in the order given. */
  static Map<Trusted<ScopedLayer>, SignedFile> parsed(List<SignedFile> rows) {
    Map<Trusted<ScopedLayer>, SignedFile> layers = new LinkedHashMap<>();
    for (SignedFile row : rows) {
      try {
        layers.put(ReadFiles.layer(row), row);
      } catch (MalformedException e) {
        throw new IllegalStateException("a stored layer is of a newer version", e);
      }
    }
    return layers;
  }
}
