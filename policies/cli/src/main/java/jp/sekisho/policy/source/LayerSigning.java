package jp.sekisho.policy.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyLayer;
import jp.sekisho.policy.PolicyLayers;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * The layers below a policy as signed files: {@code layers/mayor.tax.layer} and its {@code .sig}
 * beside it. A layer that says what it said is signed anew only when half its life is over, so that
 * its version changes with its content.
 *
 * @param out the directory that is carried to the service
 */
record LayerSigning(Path out) {
  private static final String ENDING = ".layer";

  private Path directory() {
    return out.resolve("layers");
  }

  /** The name of a layer's file. */
  static String name(LayerScope scope) {
    return scope.text().replace('/', '.') + ENDING;
  }

  private Path file(LayerScope scope) {
    return directory().resolve(name(scope));
  }

  /** The layers in {@code out}, by scope; whether they count is not asked. */
  Map<LayerScope, SignedFile> read() throws InputFile.UnreadableException, MalformedException {
    Map<LayerScope, SignedFile> layers = new TreeMap<>();
    if (!Files.isDirectory(directory())) {
      return layers;
    }
    for (Path file : PolicyTree.entries(directory())) {
      if (file.toString().endsWith(ENDING)) {
        InputStream none = InputStream.nullInputStream();
        SignedFile read =
            SignedFile.read(
                TrustKind.POLICY,
                InputFile.read(file, none, SignedFile.maxBytes(TrustKind.POLICY)),
                InputFile.read(signatures(file), none, SignedFile.MAX_SIGNATURES));
        layers.put(ScopedLayer.parse(read.bodyBytes()).scope(), read);
      }
    }
    return layers;
  }

  /**
   * The files of {@code layers}: those from before that say the same, and new ones by {@code
   * signer}.
   */
  List<SignedFile> signed(
      List<ScopedLayer> layers, Trusted<Root> root, FileSigner signer, Instant now, int days)
      throws InputFile.UnreadableException, MalformedException, GeneralSecurityException {
    Map<LayerScope, SignedFile> before = read();
    List<SignedFile> files = new ArrayList<>();
    for (ScopedLayer layer : layers) {
      SignedFile old = before.get(layer.scope());
      byte[] body = layer.bytes();
      if (old != null && Arrays.equals(old.bodyBytes(), body) && isYoung(old, signer, now)) {
        files.add(old);
        continue;
      }
      files.add(
          SignedFile.sign(
              TrustHeader.of(
                  TrustKind.POLICY,
                  layer.scope().organ(),
                  old == null ? 1 : old.header().version() + 1,
                  now,
                  now.plus(Duration.ofDays(days)),
                  root.header().trial(),
                  List.of(signer.key().id()),
                  body),
              body,
              List.of(signer)));
    }
    return files;
  }

  private static boolean isYoung(SignedFile file, FileSigner signer, Instant now) {
    TrustHeader header = file.header();
    Duration life = Duration.between(header.issued(), header.expires());
    return header.signers().equals(List.of(signer.key().id()))
        && now.isBefore(header.issued().plus(life.dividedBy(2)));
  }

  /**
   * What changes for the terminals of each layer, against what they obeyed under {@code before};
   * where there was no such layer, against {@code policy}, what they would obey without it. A layer
   * that is no more changes what its terminals obey, too.
   *
   * @param old the layers under {@code before}, verified
   */
  static Map<LayerScope, List<RuleWords.Change>> changes(
      @Nullable Policy before, List<ScopedLayer> old, Policy policy, List<ScopedLayer> layers) {
    Set<LayerScope> scopes = new TreeSet<>();
    layers.forEach(layer -> scopes.add(layer.scope()));
    old.forEach(layer -> scopes.add(layer.scope()));
    Map<LayerScope, List<RuleWords.Change>> changes = new TreeMap<>();
    for (LayerScope scope : scopes) {
      boolean known = old.stream().anyMatch(one -> one.scope().equals(scope));
      Policy was = known && before != null ? combined(before, old, scope) : policy;
      List<RuleWords.Change> found = RuleWords.changes(was, combined(policy, layers, scope));
      if (!found.isEmpty()) {
        changes.put(scope, found);
      }
    }
    return changes;
  }

  private static Policy combined(Policy common, List<ScopedLayer> all, LayerScope scope) {
    return PolicyLayers.combine(
        new PolicyLayer(Layer.COMMON, common.values(), common.readers().roles()),
        all.stream()
            .filter(one -> (scope.text() + "/").startsWith(one.scope().text() + "/"))
            .map(ScopedLayer::layer)
            .sorted(Comparator.comparing(PolicyLayer::layer))
            .toList());
  }

  /** Writes them, signatures first, and takes away the files of layers that are no more. */
  void write(List<SignedFile> files) throws InputFile.UnreadableException, MalformedException {
    Map<LayerScope, SignedFile> gone = read();
    if (files.isEmpty() && gone.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(directory());
      for (SignedFile one : files) {
        LayerScope scope = ScopedLayer.parse(one.bodyBytes()).scope();
        gone.remove(scope);
        TrustFiles.replace(signatures(file(scope)), one.signatureFile());
        TrustFiles.replace(file(scope), one.file());
      }
      for (LayerScope scope : gone.keySet()) {
        Files.delete(file(scope));
        Files.delete(signatures(file(scope)));
      }
    } catch (IOException e) {
      throw TrustFiles.unwritable(directory());
    }
  }

  private static Path signatures(Path file) {
    return file.resolveSibling(file.getFileName() + ".sig");
  }
}
