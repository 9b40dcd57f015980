package jp.sekisho.server.policy;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.LayersOutcome;
import jp.sekisho.policy.trust.OfficerOutcome;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.PolicyEvent;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.policy.OfficerFiles.Last;
import jp.sekisho.server.policy.OfficerRows.Rows;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the files that officers and delegates signed into this installation, if they follow what
 * counts now: each import is one unit with its entry, and so is each refusal. Thread-safe.
 */
public final class PolicyImport {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyImport.class);

  private final Transactions transactions;
  private final SignedFiles files;
  private final OfficerFiles last;
  private final OfficerRows officerRows;
  private final TamperedRows tampered;
  private final RevokedKeys revoked;
  private final FileSigner online;
  private final boolean trial;
  private final Runnable imported;

  private PolicyImport(Installation installation, FileSigner online, Runnable imported) {
    this.transactions = installation.transactions();
    this.files = new SignedFiles(installation.seal());
    this.last = new OfficerFiles(installation.directory().keys());
    this.officerRows = new OfficerRows(files, last);
    this.tampered = new TamperedRows(transactions);
    this.revoked = new RevokedKeys(new Authenticators(installation.seal()));
    this.online = online;
    this.trial = installation.config().trial();
    this.imported = imported;
  }

  /**
   * For a console command: the running service sees its rows within {@link TerminalBundles#FRESH}.
   */
  public static PolicyImport of(Installation installation)
      throws IOException, GeneralSecurityException {
    return new PolicyImport(
        installation, OnlineKey.open(installation.directory().keys()), () -> {});
  }

  /** For the service, whose terminals get what was imported at once. */
  static PolicyImport of(Installation installation, TerminalBundles bundles)
      throws IOException, GeneralSecurityException {
    return new PolicyImport(
        installation, OnlineKey.open(installation.directory().keys()), bundles::forget);
  }

  /** What came of an import. */
  public sealed interface Outcome {
    /** The files count from now on; {@code again} if they did before. */
    record Imported(
        Trusted<Root> root,
        Trusted<Policy> policy,
        List<Trusted<ScopedLayer>> layers,
        boolean again)
        implements Outcome {}

    /** Nothing changed; {@code what} is for the console. */
    record Refused(Refusal reason, String what) implements Outcome {}
  }

  /** Imports what officers signed, if it follows what counts now; layers stay as they are. */
  public Outcome importFiles(SignedFile root, SignedFile policy) {
    return importFiles(root, policy, List.of());
  }

  /**
   * Imports what officers and delegates signed, if it follows what counts now.
   *
   * @param layers new ones; those of other scopes stay, and none that the root or a 機関's layer
   *     names may be missing then
   */
  public Outcome importFiles(SignedFile root, SignedFile policy, List<SignedFile> layers) {
    Outcome outcome = accepted(root, policy, layers);
    if (outcome instanceof Outcome.Imported imported) {
      last.write(Last.of(root, policy, imported.layers()));
    }
    return outcome;
  }

  private Outcome accepted(SignedFile root, SignedFile policy, List<SignedFile> layers) {
    return transactions.<Outcome, RuntimeException>write(change -> {
      Rows rows = officerRows.unconfirmed(change.handle());
      List<SignedFile> roots = rows.roots();
      String lost =
          last.obstacle(
              roots.isEmpty() ? null : roots.getLast(), rows.policy().orElse(null), root, policy);
      if (lost != null) {
        return refuse(change, Refusal.POLICY_OLDER, lost);
      }
      Optional<Officers> old = rows.officers();
      List<SignedFile> chain = new ArrayList<>(roots);
      boolean newRoot =
          roots.isEmpty() || roots.getLast().header().version() < root.header().version();
      if (newRoot) {
        chain.add(root);
      } else if (!roots.getLast().hash().equals(root.hash())) {
        return refuse(change, Refusal.POLICY_OLDER, "root " + root.header().version());
      }
      OfficerOutcome outcome =
          TrustVerifier.officers(
              old.map(Officers::root).orElse(null),
              old.map(Officers::policy).orElse(null),
              chain,
              policy,
              revoked.orEdited(change.handle()),
              change.now());
      return switch (outcome) {
        case OfficerOutcome.Rejected(var reason, var what) -> refuse(change, reason, what);
        case OfficerOutcome.Accepted accepted ->
            accept(
                change,
                accepted,
                new Signed(root, newRoot, policy, layers),
                rows,
                old.map(Officers::layers).orElse(List.of()));
      };
    });
  }

  /**
   * Compares the rows with what is kept outside the database, at the start of the service: rows
   * that are missing or older are an entry, and every use of them is refused.
   */
  public void check() {
    try {
      transactions.<@Nullable Void>read(handle -> {
        Rows rows = officerRows.read(handle);
        rows.officers()
            .ifPresent(all ->
                last.write(
                    Last.of(rows.roots().getLast(), rows.policy().orElseThrow(), all.layers())));
        return null;
      });
    } catch (TamperedException e) {
      LOG.error("{}", e.getMessage());
      tampered.report(e);
    }
  }

  /** What an import brings. */
  private record Signed(
      SignedFile root, boolean newRoot, SignedFile policy, List<SignedFile> layers) {}

  /** Records that files were refused before they could be imported: malformed, or not the root. */
  public Outcome refuse(Refusal reason, String what) {
    return transactions.write(change -> refuse(change, reason, what));
  }

  private Outcome accept(
      Change change,
      OfficerOutcome.Accepted accepted,
      Signed signed,
      Rows rows,
      List<Trusted<ScopedLayer>> oldLayers) {
    Trusted<Root> root = accepted.root();
    if (!root.body().online().equals(online.key())) {
      return refuse(change, Refusal.POLICY_MISMATCH, "the root names another service's online key");
    }
    if (root.header().trial() && !trial) {
      return refuse(
          change, Refusal.POLICY_MISMATCH, "a trial's root in a service that is no trial");
    }
    if (SignedLayers.all(
            root,
            accepted.policy(),
            oldLayers,
            united(root, rows, signed.layers()),
            revoked.orEdited(change.handle()),
            change.now())
        instanceof LayersOutcome.Rejected(var reason, var what)) {
      return refuse(change, reason, what);
    }
    boolean newPolicy =
        rows.policy().isEmpty() || !rows.policy().get().hash().equals(accepted.policy().hash());
    List<SignedFile> newLayers = new ArrayList<>(signed.layers());
    newLayers.removeIf(one -> rows.layers().stream().anyMatch(b -> b.hash().equals(one.hash())));
    List<Trusted<ScopedLayer>> inForce =
        List.copyOf(OfficerRows.parsed(united(root, rows, signed.layers())).keySet());
    if (!signed.newRoot() && !newPolicy && newLayers.isEmpty()) {
      change.unchanged();
      return new Outcome.Imported(root, accepted.policy(), inForce, true);
    }
    EntryReceipt entry =
        change.record(
            Entry.Subject.NONE,
            new PolicyEvent.Imported(
                root.version(),
                root.hash(),
                accepted.policy().version(),
                accepted.policy().hash(),
                SignedLayers.names(inForce),
                root.header().trial()));
    if (signed.newRoot()) {
      files.add(change.handle(), signed.root(), entry);
    }
    if (newPolicy) {
      files.add(change.handle(), signed.policy(), entry);
    }
    newLayers.forEach(one -> files.add(change.handle(), one, entry));
    imported.run();
    return new Outcome.Imported(root, accepted.policy(), inForce, false);
  }

  /**
   * The new layers, and the stored ones of other scopes that are still named. What is not named any
   * more stays in its row: the file beside the database may name it a moment longer.
   */
  private static List<SignedFile> united(Trusted<Root> root, Rows rows, List<SignedFile> added) {
    Map<LayerScope, SignedFile> all = new TreeMap<>();
    OfficerRows.parsed(rows.layers()).forEach((layer, file) -> all.put(layer.body().scope(), file));
    List<SignedFile> odd = new ArrayList<>();
    for (SignedFile file : added) {
      try {
        all.put(ScopedLayer.parse(file.bodyBytes()).scope(), file);
      } catch (MalformedException e) {
        odd.add(file);
      }
    }
    Set<LayerScope> named =
        SignedLayers.named(root.body(), OfficerRows.parsed(List.copyOf(all.values())).keySet());
    // A new one that nobody names is kept here, to be refused by its name.
    all.entrySet()
        .removeIf(one -> !named.contains(one.getKey()) && !added.contains(one.getValue()));
    odd.addAll(all.values());
    return odd;
  }

  private static Outcome refuse(Change change, Refusal reason, String what) {
    change.record(Entry.Subject.NONE, new PolicyEvent.ImportRefused(reason));
    return new Outcome.Refused(reason, what);
  }
}
