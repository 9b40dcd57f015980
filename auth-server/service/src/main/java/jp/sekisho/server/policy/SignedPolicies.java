package jp.sekisho.server.policy;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.trust.Current;
import jp.sekisho.policy.trust.Current.Listed;
import jp.sekisho.policy.trust.Current.ListedLayer;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.LayersOutcome;
import jp.sekisho.policy.trust.OfficerOutcome;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.PolicyEvent;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.Authenticators.Found;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.policy.OfficerFiles.Last;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.RootPin;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signed files of this installation. Roster and current are made anew when what they say
 * changed and at half their life, so that a terminal that can reach us never holds an expired one.
 * Thread-safe.
 *
 * <p>Longer than other classes: import, renewal and every reading must see the same rows under the
 * same check, and none of them alone is of use to anybody.
 */
public final class SignedPolicies implements RootPin {
  private static final Logger LOG = LoggerFactory.getLogger(SignedPolicies.class);

  /** A bundle is looked at again after this; a change counts at the terminals that much later. */
  static final Duration FRESH = Duration.ofSeconds(5);

  private static final String ALL = "-";

  private final Transactions transactions;
  private final SignedFiles files;
  private final OfficerFiles last;
  private final TamperedRows tampered;
  private final Authenticators cards;
  private final Persons persons;
  private final FileSigner online;
  private final boolean trial;
  private final InstantSource clock;
  private final Map<String, Made> made = new ConcurrentHashMap<>();

  /**
   * @param trial whether the installation is one; another one takes no trial's root
   */
  SignedPolicies(
      Transactions transactions,
      SignedFiles files,
      OfficerFiles last,
      Authenticators cards,
      Persons persons,
      FileSigner online,
      boolean trial,
      InstantSource clock) {
    this.transactions = transactions;
    this.files = files;
    this.last = last;
    this.tampered = new TamperedRows(transactions);
    this.cards = cards;
    this.persons = persons;
    this.online = online;
    this.trial = trial;
    this.clock = clock;
  }

  /** Those of an installation; also for a console command, which has no context. */
  public static SignedPolicies of(Installation installation)
      throws IOException, GeneralSecurityException {
    return new SignedPolicies(
        installation.transactions(),
        new SignedFiles(installation.seal()),
        new OfficerFiles(installation.directory().keys()),
        new Authenticators(installation.seal()),
        new Persons(installation.seal()),
        OnlineKey.open(installation.directory().keys()),
        installation.config().trial(),
        installation.clock());
  }

  /** A bundle without layers, and the layers of all terminals that its current names. */
  private record Parts(TrustBundle bundle, Map<Trusted<ScopedLayer>, SignedFile> layers) {
    TrustBundle of(String organ, String terminal) {
      List<SignedFile> own =
          SignedLayers.of(layers.keySet(), organ, terminal).stream()
              .map(layer -> Objects.requireNonNull(layers.get(layer)))
              .toList();
      return new TrustBundle(
          bundle.roots(), bundle.policy(), own, bundle.roster(), bundle.current());
    }
  }

  private record Made(Instant at, Parts parts) {}

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
      List<SignedFile> roots = files.roots(change.handle());
      Optional<SignedFile> oldPolicy = files.newest(change.handle(), TrustKind.POLICY, ALL);
      String lost =
          last.obstacle(
              roots.isEmpty() ? null : roots.getLast(), oldPolicy.orElse(null), root, policy);
      if (lost != null) {
        return refuse(change, Refusal.POLICY_OLDER, lost);
      }
      List<SignedFile> oldLayers = files.layers(change.handle());
      Optional<Officers> old = officers(new Rows(roots, oldPolicy, oldLayers));
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
              change.now());
      return switch (outcome) {
        case OfficerOutcome.Rejected(var reason, var what) -> refuse(change, reason, what);
        case OfficerOutcome.Accepted accepted ->
            accept(
                change,
                accepted,
                new Signed(root, newRoot, policy, layers),
                new Rows(roots, oldPolicy, oldLayers),
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
        List<SignedFile> roots = files.roots(handle);
        Optional<SignedFile> policy = files.newest(handle, TrustKind.POLICY, ALL);
        Rows rows = new Rows(roots, policy, files.layers(handle));
        require(rows);
        officers(rows)
            .ifPresent(
                both -> last.write(Last.of(roots.getLast(), policy.orElseThrow(), both.layers())));
        return null;
      });
    } catch (TamperedException e) {
      LOG.error("{}", e.getMessage());
      tampered.report(e);
    }
  }

  private void require(Rows rows) {
    Map<String, SignedFile> layers = new TreeMap<>();
    layers(rows.layers()).forEach((layer, file) -> layers.put(layer.body().scope().text(), file));
    last.require(
        rows.roots().isEmpty() ? null : rows.roots().getLast(), rows.policy().orElse(null), layers);
  }

  /** What officers signed, as the rows say and the file beside the database confirms. */
  private record Rows(
      List<SignedFile> roots, Optional<SignedFile> policy, List<SignedFile> layers) {}

  /** What an import brings. */
  private record Signed(
      SignedFile root, boolean newRoot, SignedFile policy, List<SignedFile> layers) {}

  private Rows rows(Handle handle) {
    Rows rows =
        new Rows(
            files.roots(handle), files.newest(handle, TrustKind.POLICY, ALL), files.layers(handle));
    require(rows);
    return rows;
  }

  /** Whether officers' files were imported, within a unit. */
  public boolean isImported(Handle handle) {
    return stored(handle).isPresent();
  }

  private Optional<Officers> stored(Handle handle) {
    return officers(rows(handle));
  }

  /** Layers by what they say, in the order given; verified when they came, sealed since. */
  private static Map<Trusted<ScopedLayer>, SignedFile> layers(List<SignedFile> rows) {
    Map<Trusted<ScopedLayer>, SignedFile> layers = new LinkedHashMap<>();
    for (SignedFile row : rows) {
      try {
        layers.put(
            new Trusted<>(row.header(), row.hash(), ScopedLayer.parse(row.bodyBytes())), row);
      } catch (MalformedException e) {
        throw new IllegalStateException("a stored layer is of a newer version", e);
      }
    }
    return layers;
  }

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
            root, accepted.policy(), oldLayers, united(root, rows, signed.layers()), change.now())
        instanceof LayersOutcome.Rejected(var reason, var what)) {
      return refuse(change, reason, what);
    }
    boolean newPolicy =
        rows.policy().isEmpty() || !rows.policy().get().hash().equals(accepted.policy().hash());
    List<SignedFile> newLayers = new ArrayList<>(signed.layers());
    newLayers.removeIf(one -> rows.layers().stream().anyMatch(b -> b.hash().equals(one.hash())));
    List<Trusted<ScopedLayer>> inForce =
        List.copyOf(layers(united(root, rows, signed.layers())).keySet());
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
    made.clear();
    return new Outcome.Imported(root, accepted.policy(), inForce, false);
  }

  /**
   * The new layers, and the stored ones of other scopes that are still named. What is not named any
   * more stays in its row: the file beside the database may name it a moment longer.
   */
  private static List<SignedFile> united(Trusted<Root> root, Rows rows, List<SignedFile> added) {
    Map<LayerScope, SignedFile> all = new TreeMap<>();
    layers(rows.layers()).forEach((layer, file) -> all.put(layer.body().scope(), file));
    List<SignedFile> odd = new ArrayList<>();
    for (SignedFile file : added) {
      try {
        all.put(ScopedLayer.parse(file.bodyBytes()).scope(), file);
      } catch (MalformedException e) {
        odd.add(file);
      }
    }
    Set<LayerScope> named =
        SignedLayers.named(root.body(), layers(List.copyOf(all.values())).keySet());
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

  @Override
  public Optional<String> hash(Handle handle) {
    List<SignedFile> roots = rows(handle).roots();
    return roots.isEmpty() ? Optional.empty() : Optional.of(roots.getLast().hash());
  }

  /** The policy in force now; empty without one and when it or its root expired. */
  public Optional<Trusted<Policy>> current() {
    return transactions.read(this::current);
  }

  /** As {@link #current()}, inside a unit. */
  public Optional<Trusted<Policy>> current(Handle handle) {
    return inForce(rows(handle));
  }

  private Optional<Trusted<Policy>> inForce(Rows rows) {
    Instant now = clock.instant();
    return officers(rows)
        .filter(both -> !both.root().isExpired(now) && !both.policy().isExpired(now))
        .map(Officers::policy);
  }

  /**
   * The rules a terminal obeys now, the layers that concern it included; empty without a policy and
   * when any of the files expired.
   */
  public Optional<Policy> rulesOf(Handle handle, String organ, String terminal) {
    Instant now = clock.instant();
    return officers(rows(handle))
        .filter(all -> !all.root().isExpired(now) && !all.policy().isExpired(now))
        .flatMap(all -> {
          List<Trusted<ScopedLayer>> layers = SignedLayers.of(all.layers(), organ, terminal);
          return layers.stream().anyMatch(layer -> layer.isExpired(now))
              ? Optional.empty()
              : Optional.of(SignedLayers.combine(all.policy().body(), layers));
        });
  }

  /**
   * What the rules of a terminal say of a login; those of a policy or layer that is over as {@link
   * PolicyEvaluator#lapsed}; empty before the first import.
   */
  public Optional<Decision> login(
      Handle handle, String organ, String terminal, LoginAttempt attempt) {
    Optional<Policy> rules = rulesOf(handle, organ, terminal);
    if (rules.isPresent()) {
      return Optional.of(PolicyEvaluator.by(rules.get()).login(attempt));
    }
    return isAny(handle) ? Optional.of(PolicyEvaluator.lapsed(attempt)) : Optional.empty();
  }

  /** Whether a root and a policy were ever imported. */
  public boolean isAny(Handle handle) {
    Rows rows = rows(handle);
    return !rows.roots().isEmpty() || rows.policy().isPresent();
  }

  /**
   * Whether the policy in force lists these factors. One that says nothing of it lists none, and so
   * does one that expired; before the first import only a trial takes any.
   */
  public boolean allows(Handle handle, LoginFactors factors) {
    Rows rows = rows(handle);
    if (rows.roots().isEmpty() && rows.policy().isEmpty()) {
      return trial;
    }
    return inForce(rows)
        .map(policy -> policy.body().more().value(LoginSettings.FACTORS).contains(factors))
        .orElse(false);
  }

  /**
   * Whether the rules of a terminal let cards of this kind log in. Without any, or when a part of
   * them expired, staff cards do and no others.
   */
  public boolean allows(Handle handle, String organ, String terminal, CardKind kind) {
    return rulesOf(handle, organ, terminal)
        .map(policy -> policy.cardKinds().contains(kind))
        .orElse(kind == CardKind.STAFF_PIV);
  }

  /** What is shown at the console: newest root and policy, expired or not. */
  public Optional<Officers> officers() {
    return transactions.<Optional<Officers>>read(this::stored);
  }

  /**
   * How many officers must sign (k) by the newest root of an installation; 1 before the first one.
   * For a console command that has no policies.
   */
  public static int threshold(Handle handle, Installation installation) {
    SignedFiles files = new SignedFiles(installation.seal());
    List<SignedFile> roots = files.roots(handle);
    new OfficerFiles(installation.directory().keys())
        .require(
            roots.isEmpty() ? null : roots.getLast(),
            files.newest(handle, TrustKind.POLICY, ALL).orElse(null));
    try {
      return roots.isEmpty() ? 1 : Root.parse(roots.getLast().bodyBytes()).threshold();
    } catch (MalformedException e) {
      throw new IllegalStateException("a stored root is of a newer version", e);
    }
  }

  /** What officers and delegates signed; layers that nobody names any more are left out. */
  public record Officers(
      Trusted<Root> root, Trusted<Policy> policy, List<Trusted<ScopedLayer>> layers) {}

  private static Optional<Officers> officers(Rows rows) {
    if (rows.roots().isEmpty() || rows.policy().isEmpty()) {
      return Optional.empty();
    }
    try {
      // Verified when they came, sealed since.
      SignedFile root = rows.roots().getLast();
      SignedFile policy = rows.policy().get();
      return Optional.of(
          new Officers(
              new Trusted<>(root.header(), root.hash(), Root.parse(root.bodyBytes())),
              new Trusted<>(policy.header(), policy.hash(), Policy.parse(policy.bodyBytes())),
              List.copyOf(inForce(rows.roots(), rows.layers()).keySet())));
    } catch (MalformedException e) {
      throw new IllegalStateException("a stored file is of a newer version", e);
    }
  }

  /** The layers that the newest root and a 機関's own layer name. */
  private static Map<Trusted<ScopedLayer>, SignedFile> inForce(
      List<SignedFile> roots, List<SignedFile> rows) {
    Map<Trusted<ScopedLayer>, SignedFile> layers = layers(rows);
    if (roots.isEmpty() || layers.isEmpty()) {
      return Map.of();
    }
    try {
      Set<LayerScope> named =
          SignedLayers.named(Root.parse(roots.getLast().bodyBytes()), layers.keySet());
      layers.keySet().removeIf(layer -> !named.contains(layer.body().scope()));
      return layers;
    } catch (MalformedException e) {
      throw new IllegalStateException("a stored root is of a newer version", e);
    }
  }

  /** What a terminal of {@code organ} fetches; empty while nothing was imported. */
  public Optional<TrustBundle> bundle(String organ, String terminal) {
    Instant now = clock.instant();
    Made last = made.get(organ);
    if (last != null && !now.isBefore(last.at()) && now.isBefore(last.at().plus(FRESH))) {
      return Optional.of(last.parts().of(organ, terminal));
    }
    Optional<Parts> parts = renewed(organ);
    parts.ifPresent(one -> made.put(organ, new Made(now, one)));
    return parts.map(one -> one.of(organ, terminal));
  }

  private Optional<Parts> renewed(String organ) {
    Optional<Parts> present = transactions.read(handle -> stored(handle, organ));
    boolean asItShouldBe =
        transactions.read(handle -> isFresh(handle, organ, clock.instant(), present));
    if (asItShouldBe) {
      return present;
    }
    return transactions.<Optional<Parts>, RuntimeException>write(change -> {
      Optional<Parts> before = stored(change.handle(), organ);
      Rows rows = rows(change.handle());
      List<SignedFile> roots = rows.roots();
      Optional<SignedFile> policy = rows.policy();
      if (roots.isEmpty()
          || policy.isEmpty()
          || isFresh(change.handle(), organ, change.now(), before)) {
        change.unchanged();
        return before;
      }
      return Optional.of(renew(change, organ, rows, policy.get()));
    });
  }

  private Parts renew(Change change, String organ, Rows rows, SignedFile policy) {
    List<SignedFile> roots = rows.roots();
    Handle handle = change.handle();
    boolean use = roots.getLast().header().trial();
    SignedFile roster = files.newest(handle, TrustKind.ROSTER, organ).orElse(null);
    byte[] cardsNow = new Roster(cardsOf(handle, organ, change.now())).bytes();
    if (roster == null || !isFresh(roster, cardsNow, use, change.now())) {
      roster = sign(change, TrustKind.ROSTER, organ, use, cardsNow, roster);
    }
    List<Listed> rosters = new ArrayList<>();
    for (SignedFile one : files.rosters(handle)) {
      rosters.add(Listed.of(one));
    }
    rosters.sort(Comparator.comparing(one -> String.valueOf(one.organ())));
    Map<Trusted<ScopedLayer>, SignedFile> layers = inForce(rows.roots(), rows.layers());
    Current body =
        new Current(
            Listed.of(roots.getLast()),
            Listed.of(policy),
            listed(layers),
            rosters,
            revoked(handle));
    SignedFile current = files.newest(handle, TrustKind.CURRENT, ALL).orElse(null);
    current = sign(change, TrustKind.CURRENT, null, use, body.bytes(), current);
    return new Parts(new TrustBundle(roots, policy, roster, current), layers);
  }

  private static List<ListedLayer> listed(Map<Trusted<ScopedLayer>, SignedFile> layers) {
    return layers.entrySet().stream()
        .map(one -> ListedLayer.of(one.getKey().body().scope(), one.getValue()))
        .sorted(Comparator.comparing(ListedLayer::scope))
        .toList();
  }

  private SignedFile sign(
      Change change,
      TrustKind kind,
      @Nullable String organ,
      boolean use,
      byte[] body,
      @Nullable SignedFile before) {
    Instant now = change.now().truncatedTo(ChronoUnit.SECONDS);
    if (before != null && !before.header().issued().isBefore(now)) {
      // Twice in one second, or the clock went back: a version must rise all the same.
      now = before.header().issued().plusSeconds(1);
      if (now.isAfter(change.now().plus(TrustVerifier.CLOCK_TOLERANCE))) {
        throw new IllegalStateException("the clock is behind what was signed already");
      }
    }
    TrustHeader header =
        TrustHeader.of(
            kind,
            organ,
            now.getEpochSecond(),
            now,
            now.plus(kind.maxLife()),
            use,
            List.of(online.key().id()),
            body);
    SignedFile file;
    try {
      file = SignedFile.sign(header, body, List.of(online));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the online key does not sign", e);
    }
    EntryReceipt entry =
        change.record(
            Entry.Subject.NONE,
            new PolicyEvent.Renewed(kind.text(), file.header().version(), file.hash()));
    files.add(change.handle(), file, entry);
    return file;
  }

  /** The bundle as stored; empty while a file is missing. */
  private Optional<Parts> stored(Handle handle, String organ) {
    Rows rows = rows(handle);
    List<SignedFile> roots = rows.roots();
    Optional<SignedFile> policy = rows.policy();
    Optional<SignedFile> roster = files.newest(handle, TrustKind.ROSTER, organ);
    Optional<SignedFile> current = files.newest(handle, TrustKind.CURRENT, ALL);
    return roots.isEmpty() || policy.isEmpty() || roster.isEmpty() || current.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Parts(
                new TrustBundle(roots, policy.get(), roster.get(), current.get()),
                inForce(roots, rows.layers())));
  }

  /** Whether nothing is to be signed: also when there is nothing to sign about. */
  private boolean isFresh(Handle handle, String organ, Instant now, Optional<Parts> stored) {
    if (stored.isEmpty()) {
      return rows(handle).roots().isEmpty();
    }
    TrustBundle bundle = stored.get().bundle();
    boolean use = bundle.roots().getLast().header().trial();
    byte[] cardsNow = new Roster(cardsOf(handle, organ, now)).bytes();
    Current current;
    try {
      current = Current.parse(bundle.current().bodyBytes());
    } catch (MalformedException e) {
      return false;
    }
    return isFresh(bundle.roster(), cardsNow, use, now)
        && isYoung(bundle.current(), use, now)
        && current.root().equals(Listed.of(bundle.roots().getLast()))
        && current.policy().equals(Listed.of(bundle.policy()))
        && current.layers().equals(listed(stored.get().layers()))
        && current.rosters().contains(Listed.of(bundle.roster()))
        && current.revoked().equals(revoked(handle));
  }

  private boolean isFresh(SignedFile file, byte[] body, boolean use, Instant now) {
    return isYoung(file, use, now) && java.util.Arrays.equals(file.bodyBytes(), body);
  }

  private boolean isYoung(SignedFile file, boolean use, Instant now) {
    TrustHeader header = file.header();
    return header.trial() == use
        && header.signers().equals(List.of(online.key().id()))
        && now.isBefore(header.issued().plus(header.kind().maxLife().dividedBy(2)));
  }

  private Map<String, String> cardsOf(Handle handle, String organ, Instant now) {
    Map<String, String> all = new TreeMap<>();
    for (Found found : cards.all(handle)) {
      switch (found) {
        case Found.Sound(Authenticator card) when card.state() == Authenticator.State.ACTIVE -> {
          if (persons.currentIn(handle, card.person(), organ, now) instanceof Standing.Current) {
            all.put(card.spki(), card.person());
          }
        }
        case Found.Tampered(String row) -> LOG.error("card {} fails its seal: not listed", row);
        case Found.Sound _, Found.Absent _ -> {}
      }
    }
    return all;
  }

  private List<String> revoked(Handle handle) {
    List<String> revoked = new ArrayList<>();
    for (Found found : cards.all(handle)) {
      if (found instanceof Found.Sound(Authenticator card)
          && card.state() == Authenticator.State.REVOKED) {
        revoked.add(card.spki());
      }
    }
    revoked.sort(null);
    return revoked;
  }
}
