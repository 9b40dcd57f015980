package jp.sekisho.policy.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * The body of a current file: which files count now, and which keys never more. Lines in this
 * order, lists ascending:
 *
 * <pre>
 * root - (version) (base64url SHA-256 of header and body)
 * policy - (version) (hash)
 * layer (scope) (version) (hash)                0 to 1000
 * roster (organ) (version) (hash)               0 to 1000
 * revoked (base64url SHA-256 of a SubjectPublicKeyInfo)   any number within the body's limit
 * </pre>
 *
 * @param root the newest root
 * @param policy the policy for all
 * @param layers the layers below the common one, ascending by scope
 * @param rosters one per 機関, ascending by organ
 * @param revoked keys of cards and officers that no longer count; a terminal never forgets one
 *     until officers clear it
 */
public record Current(
    Listed root,
    Listed policy,
    List<ListedLayer> layers,
    List<Listed> rosters,
    List<String> revoked) {
  private static final int MAX_ROSTERS = 1000;

  /** A layer that counts. */
  public record ListedLayer(LayerScope scope, long version, String hash) {
    /** Checks every part. */
    public ListedLayer {
      if (version < 1) {
        throw new IllegalArgumentException("version is not positive");
      }
      Root.requireHash("listed hash", hash);
    }

    /** How the layer in {@code file} is listed. */
    public static ListedLayer of(LayerScope scope, SignedFile file) {
      return new ListedLayer(scope, file.header().version(), file.hash());
    }

    private String line() {
      return "layer " + scope.text() + " " + version + " " + hash;
    }

    private static ListedLayer parse(List<String> words) throws MalformedException {
      return new ListedLayer(
          LayerScope.parse(words.get(0)), BodyLines.number(words.get(1)), words.get(2));
    }
  }

  /**
   * A file that counts.
   *
   * @param organ whose; null for all
   */
  public record Listed(@Nullable String organ, long version, String hash) {
    /** Checks every part. */
    public Listed {
      if (organ != null && !Names.isOrgan(organ)) {
        throw new IllegalArgumentException("organ is none");
      }
      if (version < 1) {
        throw new IllegalArgumentException("version is not positive");
      }
      Root.requireHash("listed hash", hash);
    }

    /** How {@code file} is listed. */
    public static Listed of(SignedFile file) {
      return new Listed(file.header().organ(), file.header().version(), file.hash());
    }

    private String line(TrustKind kind) {
      return kind.text() + " " + (organ == null ? "-" : organ) + " " + version + " " + hash;
    }

    private static Listed parse(List<String> words) throws MalformedException {
      String organ = words.get(0);
      long version = BodyLines.number(words.get(1));
      return new Listed(organ.equals("-") ? null : organ, version, words.get(2));
    }
  }

  /** Checks orders and owners. */
  public Current {
    layers = List.copyOf(layers);
    if (layers.size() > MAX_ROSTERS) {
      throw new IllegalArgumentException("layers are over " + MAX_ROSTERS);
    }
    BodyLines.requireAscending("layers", layers.stream().map(one -> one.scope().text()).toList());
    rosters = List.copyOf(rosters);
    revoked = List.copyOf(revoked);
    if (root.organ() != null || policy.organ() != null) {
      throw new IllegalArgumentException("root and policy are for all");
    }
    if (rosters.size() > MAX_ROSTERS) {
      throw new IllegalArgumentException("rosters are over " + MAX_ROSTERS);
    }
    if (rosters.stream().anyMatch(one -> one.organ() == null)) {
      throw new IllegalArgumentException("a roster is of one organ");
    }
    BodyLines.requireAscending(
        "rosters", rosters.stream().map(one -> String.valueOf(one.organ())).toList());
    BodyLines.requireAscending("revoked", revoked);
    revoked.forEach(hash -> Root.requireHash("revoked", hash));
  }

  /** One without layers. */
  public Current(Listed root, Listed policy, List<Listed> rosters, List<String> revoked) {
    this(root, policy, List.of(), rosters, revoked);
  }

  /** The layer of {@code scope}. */
  Optional<ListedLayer> layer(LayerScope scope) {
    return layers.stream().filter(one -> one.scope().equals(scope)).findFirst();
  }

  /** The roster of {@code organ}. */
  Optional<Listed> roster(String organ) {
    return rosters.stream().filter(one -> organ.equals(one.organ())).findFirst();
  }

  /** The body's bytes. */
  public byte[] bytes() {
    List<String> lines = new ArrayList<>();
    lines.add(root.line(TrustKind.ROOT));
    lines.add(policy.line(TrustKind.POLICY));
    layers.forEach(one -> lines.add(one.line()));
    rosters.forEach(one -> lines.add(one.line(TrustKind.ROSTER)));
    revoked.forEach(one -> lines.add("revoked " + one));
    return BodyLines.bytes(lines);
  }

  /** The current whose body is exactly {@code body}. */
  public static Current parse(byte[] body) throws MalformedException {
    BodyLines lines = BodyLines.read(body);
    List<String> root = lines.one("root", 3);
    List<String> policy = lines.one("policy", 3);
    List<List<String>> layers = lines.all("layer", 3);
    List<List<String>> rosters = lines.all("roster", 3);
    List<String> revoked = lines.all("revoked", 1).stream().map(line -> line.get(0)).toList();
    lines.end();
    return BodyLines.sameBytes(
        body,
        () -> {
          List<Listed> listed = new ArrayList<>();
          for (List<String> one : rosters) {
            listed.add(Listed.parse(one));
          }
          List<ListedLayer> below = new ArrayList<>();
          for (List<String> one : layers) {
            below.add(ListedLayer.parse(one));
          }
          return new Current(Listed.parse(root), Listed.parse(policy), below, listed, revoked);
        },
        Current::bytes);
  }
}
