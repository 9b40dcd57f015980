package jp.sekisho.server.policy;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.Current;
import jp.sekisho.policy.trust.Current.Listed;
import jp.sekisho.policy.trust.Current.ListedLayer;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.PolicyEvent;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.Authenticators.Found;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.policy.OfficerRows.Rows;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What terminals fetch: the officers' files with a roster and a current that the service signs
 * itself. Both are made anew when what they say changed and at half their life, so that a terminal
 * that can reach us never holds an expired one. Thread-safe.
 */
public final class TerminalBundles {
  private static final Logger LOG = LoggerFactory.getLogger(TerminalBundles.class);

  /** A bundle is looked at again after this; a change counts at the terminals that much later. */
  static final Duration FRESH = Duration.ofSeconds(5);

  private final Transactions transactions;
  private final SignedFiles files;
  private final OfficerRows officerRows;
  private final Authenticators cards;
  private final RevokedKeys revoked;
  private final Persons persons;
  private final FileSigner online;
  private final InstantSource clock;
  private final Map<String, Made> made = new ConcurrentHashMap<>();

  TerminalBundles(Installation installation) throws IOException, GeneralSecurityException {
    this.transactions = installation.transactions();
    this.files = new SignedFiles(installation.seal());
    this.officerRows = new OfficerRows(files, new OfficerFiles(installation.directory().keys()));
    this.cards = new Authenticators(installation.seal());
    this.revoked = new RevokedKeys(cards);
    this.persons = new Persons(installation.seal());
    this.online = OnlineKey.open(installation.directory().keys());
    this.clock = installation.clock();
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

  /** Something was imported: the next fetch looks anew. */
  void forget() {
    made.clear();
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
      Rows rows = officerRows.read(change.handle());
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
    Map<Trusted<ScopedLayer>, SignedFile> layers = rows.named();
    Current body =
        new Current(
            Listed.of(roots.getLast()),
            Listed.of(policy),
            listed(layers),
            rosters,
            revoked.listed(handle));
    SignedFile current = files.newest(handle, TrustKind.CURRENT, OfficerRows.ALL).orElse(null);
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
    Rows rows = officerRows.read(handle);
    List<SignedFile> roots = rows.roots();
    Optional<SignedFile> policy = rows.policy();
    Optional<SignedFile> roster = files.newest(handle, TrustKind.ROSTER, organ);
    Optional<SignedFile> current = files.newest(handle, TrustKind.CURRENT, OfficerRows.ALL);
    return roots.isEmpty() || policy.isEmpty() || roster.isEmpty() || current.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Parts(
                new TrustBundle(roots, policy.get(), roster.get(), current.get()), rows.named()));
  }

  /** Whether nothing is to be signed: also when there is nothing to sign about. */
  private boolean isFresh(Handle handle, String organ, Instant now, Optional<Parts> stored) {
    if (stored.isEmpty()) {
      return officerRows.read(handle).roots().isEmpty();
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
        && current.revoked().equals(revoked.listed(handle));
  }

  private boolean isFresh(SignedFile file, byte[] body, boolean use, Instant now) {
    return isYoung(file, use, now) && Arrays.equals(file.bodyBytes(), body);
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
}
