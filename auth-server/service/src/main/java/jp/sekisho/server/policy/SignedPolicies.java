package jp.sekisho.server.policy;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.trust.Current;
import jp.sekisho.policy.trust.Current.Listed;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.OfficerOutcome;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.trust.SignedFile;
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
import jp.sekisho.server.policy.OfficerFiles.Known;
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

  private record Made(Instant at, TrustBundle bundle) {}

  /** What came of an import. */
  public sealed interface Outcome {
    /** The files count from now on; {@code again} if they did before. */
    record Imported(Trusted<Root> root, Trusted<Policy> policy, boolean again) implements Outcome {}

    /** Nothing changed; {@code what} is for the console. */
    record Refused(Refusal reason, String what) implements Outcome {}
  }

  /** Imports what officers signed, if it follows what counts now. */
  public Outcome importFiles(SignedFile root, SignedFile policy) {
    Outcome outcome = accepted(root, policy);
    if (outcome instanceof Outcome.Imported) {
      last.write(new Last(Known.of(root), Known.of(policy)));
    }
    return outcome;
  }

  private Outcome accepted(SignedFile root, SignedFile policy) {
    return transactions.<Outcome, RuntimeException>write(change -> {
      List<SignedFile> roots = files.roots(change.handle());
      Optional<SignedFile> oldPolicy = files.newest(change.handle(), TrustKind.POLICY, ALL);
      String lost = last.obstacle(roots.isEmpty() ? null : roots.getLast(), root, policy);
      if (lost != null) {
        return refuse(change, Refusal.POLICY_OLDER, lost);
      }
      Optional<Officers> old = officers(roots, oldPolicy);
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
            accept(change, accepted, root, newRoot, policy, oldPolicy);
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
        require(roots, policy);
        if (!roots.isEmpty() && policy.isPresent()) {
          last.write(new Last(Known.of(roots.getLast()), Known.of(policy.get())));
        }
        return null;
      });
    } catch (TamperedException e) {
      LOG.error("{}", e.getMessage());
      tampered.report(e);
    }
  }

  private void require(List<SignedFile> roots, Optional<SignedFile> policy) {
    last.require(roots.isEmpty() ? null : roots.getLast(), policy.orElse(null));
  }

  /** What officers signed, as the rows say and the file beside the database confirms. */
  private record Rows(List<SignedFile> roots, Optional<SignedFile> policy) {}

  private Rows rows(Handle handle) {
    Rows rows = new Rows(files.roots(handle), files.newest(handle, TrustKind.POLICY, ALL));
    require(rows.roots(), rows.policy());
    return rows;
  }

  private Optional<Officers> stored(Handle handle) {
    Rows rows = rows(handle);
    return officers(rows.roots(), rows.policy());
  }

  /** Records that files were refused before they could be imported: malformed, or not the root. */
  public Outcome refuse(Refusal reason, String what) {
    return transactions.write(change -> refuse(change, reason, what));
  }

  private Outcome accept(
      Change change,
      OfficerOutcome.Accepted accepted,
      SignedFile rootFile,
      boolean newRoot,
      SignedFile policyFile,
      Optional<SignedFile> oldPolicy) {
    Trusted<Root> root = accepted.root();
    if (!root.body().online().equals(online.key())) {
      return refuse(change, Refusal.POLICY_MISMATCH, "the root names another service's online key");
    }
    if (root.header().trial() && !trial) {
      return refuse(
          change, Refusal.POLICY_MISMATCH, "a trial's root in a service that is no trial");
    }
    boolean newPolicy =
        oldPolicy.isEmpty() || !oldPolicy.get().hash().equals(accepted.policy().hash());
    if (!newRoot && !newPolicy) {
      change.unchanged();
      return new Outcome.Imported(root, accepted.policy(), true);
    }
    EntryReceipt entry =
        change.record(
            Entry.Subject.NONE,
            new PolicyEvent.Imported(
                root.version(),
                root.hash(),
                accepted.policy().version(),
                accepted.policy().hash(),
                root.header().trial()));
    if (newRoot) {
      files.add(change.handle(), rootFile, entry);
    }
    if (newPolicy) {
      files.add(change.handle(), policyFile, entry);
    }
    made.clear();
    return new Outcome.Imported(root, accepted.policy(), false);
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
    return officers(rows.roots(), rows.policy())
        .filter(both -> !both.root().isExpired(now) && !both.policy().isExpired(now))
        .map(Officers::policy);
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
   * Whether the policy in force lets cards of this kind log in. Without one, or with one that
   * expired, staff cards do and no others.
   */
  public boolean allows(Handle handle, CardKind kind) {
    return inForce(rows(handle))
        .map(policy -> policy.body().cardKinds().contains(kind))
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

  /** What officers signed. */
  public record Officers(Trusted<Root> root, Trusted<Policy> policy) {}

  private static Optional<Officers> officers(List<SignedFile> roots, Optional<SignedFile> policy) {
    if (roots.isEmpty() || policy.isEmpty()) {
      return Optional.empty();
    }
    try {
      // Verified when they came, sealed since.
      SignedFile root = roots.getLast();
      return Optional.of(
          new Officers(
              new Trusted<>(root.header(), root.hash(), Root.parse(root.bodyBytes())),
              new Trusted<>(
                  policy.get().header(),
                  policy.get().hash(),
                  Policy.parse(policy.get().bodyBytes()))));
    } catch (MalformedException e) {
      throw new IllegalStateException("a stored file is of a newer version", e);
    }
  }

  /** What terminals of {@code organ} fetch; empty while nothing was imported. */
  public Optional<TrustBundle> bundle(String organ) {
    Instant now = clock.instant();
    Made last = made.get(organ);
    if (last != null && !now.isBefore(last.at()) && now.isBefore(last.at().plus(FRESH))) {
      return Optional.of(last.bundle());
    }
    Optional<TrustBundle> bundle = renewed(organ);
    bundle.ifPresent(one -> made.put(organ, new Made(now, one)));
    return bundle;
  }

  private Optional<TrustBundle> renewed(String organ) {
    Optional<TrustBundle> present = transactions.read(handle -> stored(handle, organ));
    boolean asItShouldBe =
        transactions.read(handle -> isFresh(handle, organ, clock.instant(), present));
    if (asItShouldBe) {
      return present;
    }
    return transactions.<Optional<TrustBundle>, RuntimeException>write(change -> {
      Optional<TrustBundle> before = stored(change.handle(), organ);
      Rows rows = rows(change.handle());
      List<SignedFile> roots = rows.roots();
      Optional<SignedFile> policy = rows.policy();
      if (roots.isEmpty()
          || policy.isEmpty()
          || isFresh(change.handle(), organ, change.now(), before)) {
        change.unchanged();
        return before;
      }
      return Optional.of(renew(change, organ, roots, policy.get()));
    });
  }

  private TrustBundle renew(
      Change change, String organ, List<SignedFile> roots, SignedFile policy) {
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
    Current body =
        new Current(Listed.of(roots.getLast()), Listed.of(policy), rosters, revoked(handle));
    SignedFile current = files.newest(handle, TrustKind.CURRENT, ALL).orElse(null);
    current = sign(change, TrustKind.CURRENT, null, use, body.bytes(), current);
    return new TrustBundle(roots, policy, roster, current);
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
  private Optional<TrustBundle> stored(Handle handle, String organ) {
    Rows rows = rows(handle);
    List<SignedFile> roots = rows.roots();
    Optional<SignedFile> policy = rows.policy();
    Optional<SignedFile> roster = files.newest(handle, TrustKind.ROSTER, organ);
    Optional<SignedFile> current = files.newest(handle, TrustKind.CURRENT, ALL);
    return roots.isEmpty() || policy.isEmpty() || roster.isEmpty() || current.isEmpty()
        ? Optional.empty()
        : Optional.of(new TrustBundle(roots, policy.get(), roster.get(), current.get()));
  }

  /** Whether nothing is to be signed: also when there is nothing to sign about. */
  private boolean isFresh(Handle handle, String organ, Instant now, Optional<TrustBundle> stored) {
    if (stored.isEmpty()) {
      return rows(handle).roots().isEmpty();
    }
    TrustBundle bundle = stored.get();
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
