package jp.sekisho.policy.trust;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a set of signed files follows what is trusted already. Pure: the time is passed
 * in, nothing is read or kept.
 *
 * <p>Order: roots, each signed by k officers of the one before <em>and</em> of itself, beginning
 * with the pinned one; policy by k officers of the newest root; layers as {@link SignedLayers}
 * says; current and roster by its online key; current must name exactly these files; no version may
 * be lower than the one trusted ({@link Follow}). A body is parsed after its signatures were
 * checked.
 *
 * <p>A revoked key signs nothing new. It does not reach back: what was trusted before stays, since
 * the online key, which says what is revoked, may deny service but not take rules away; and it does
 * not touch roots, which are how officers get rid of a stolen online key.
 *
 * <p>Each online key has room for {@link #MOST_REVOKED} revocations and no more: they are kept
 * until officers lift them, so a stolen one could otherwise name keys until no terminal can hold
 * the list. Another online key, by a root of the officers, brings room of its own.
 *
 * <p>Refusals: {@code ROOT_NOT_PINNED POLICY_SIGNATURE POLICY_OLDER POLICY_EXPIRED POLICY_MISMATCH
 * POLICY_MALFORMED POLICY_LAYER_MISSING POLICY_LAYER_FOREIGN POLICY_DELEGATE POLICY_REVOCATIONS}.
 */
public final class TrustVerifier {
  /** How far a signer's clock may be ahead of ours. */
  public static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);

  /** Revoked keys per online key; the body of one current has room for some five thousand. */
  public static final int MOST_REVOKED = 8192;

  private final String organ;
  private final String terminal;
  private final String pinnedRoot;

  /**
   * @param organ id of the terminal's 機関
   * @param terminal its id, which decides the layers below the 機関's that it obeys
   * @param pinnedRoot base64url of the SHA-256 of the root file the ticket named
   */
  public TrustVerifier(String organ, String terminal, String pinnedRoot) {
    this.organ = organ;
    this.terminal = terminal;
    this.pinnedRoot = pinnedRoot;
  }

  /** Whether {@code files} may follow {@code old}; null when nothing is trusted yet. */
  public TrustOutcome accept(@Nullable TrustedState old, TrustBundle files, Instant now) {
    try {
      return new TrustOutcome.Accepted(verify(old, files, now, Set.of()));
    } catch (RefusedException e) {
      return new TrustOutcome.Rejected(e.reason(), e.what());
    }
  }

  /**
   * The state these files were accepted as before; every check but those of time, which {@link
   * TrustedState} answers for at each decision.
   *
   * @param revoked the revocations kept beside them
   */
  public TrustOutcome restore(TrustBundle files, Set<String> revoked) {
    try {
      return new TrustOutcome.Accepted(verify(null, files, null, revoked));
    } catch (RefusedException e) {
      return new TrustOutcome.Rejected(e.reason(), e.what());
    }
  }

  /** As the longer one, where nobody knows of revoked keys: what an officer asks before signing. */
  public static OfficerOutcome officers(
      @Nullable Trusted<Root> oldRoot,
      @Nullable Trusted<Policy> oldPolicy,
      List<SignedFile> roots,
      SignedFile policy,
      Instant now) {
    return officers(oldRoot, oldPolicy, roots, policy, Set.of(), now);
  }

  /**
   * Whether the files officers signed may follow those trusted: what the service asks at an import.
   *
   * @param revoked keys that sign nothing new, unless the newest root clears them
   * @param oldRoot the newest root trusted; null to believe the first of {@code roots}
   * @param oldPolicy the policy trusted; null when there is none
   */
  public static OfficerOutcome officers(
      @Nullable Trusted<Root> oldRoot,
      @Nullable Trusted<Policy> oldPolicy,
      List<SignedFile> roots,
      SignedFile policy,
      Set<String> revoked,
      Instant now) {
    try {
      List<Trusted<Root>> chain =
          roots(oldRoot, oldRoot == null ? roots.get(0).hash() : oldRoot.hash(), roots);
      Trusted<Root> root = chain.get(chain.size() - 1);
      requireTime(root, now);
      return new OfficerOutcome.Accepted(
          root, policy(oldPolicy, chain, policy, standing(root, revoked), now));
    } catch (RefusedException e) {
      return new OfficerOutcome.Rejected(e.reason(), e.what());
    }
  }

  /**
   * Whether the officers of {@code root} signed {@code policy}: every check but those of time and
   * of what was trusted before. What an officer asks of the policy a difference is shown against.
   */
  public static OfficerOutcome signed(SignedFile root, SignedFile policy) {
    try {
      List<Trusted<Root>> chain = roots(null, root.hash(), List.of(root));
      return new OfficerOutcome.Accepted(chain.get(0), policy(null, chain, policy, Set.of(), null));
    } catch (RefusedException e) {
      return new OfficerOutcome.Rejected(e.reason(), e.what());
    }
  }

  /**
   * Why {@code next} may not follow the root {@code old}: not signed by k officers of both, say;
   * null when it may. What an officer asks before a rotation is finished.
   *
   * @param old null before the first root, which only its own officers sign
   */
  public static TrustOutcome.@Nullable Rejected rotation(
      @Nullable SignedFile old, SignedFile next, Instant now) {
    try {
      List<SignedFile> files = old == null ? List.of(next) : List.of(old, next);
      List<Trusted<Root>> chain = roots(null, files.get(0).hash(), files);
      if (chain.size() != files.size()) {
        throw new RefusedException(Refusal.POLICY_OLDER, "root " + next.header().version());
      }
      requireTime(chain.get(chain.size() - 1), now);
      return null;
    } catch (RefusedException e) {
      return new TrustOutcome.Rejected(e.reason(), e.what());
    }
  }

  private TrustedState verify(
      @Nullable TrustedState old, TrustBundle files, @Nullable Instant now, Set<String> revoked)
      throws RefusedException {
    List<Trusted<Root>> chain =
        roots(old == null ? null : old.signedRoot(), pinnedRoot, files.roots());
    Trusted<Root> root = chain.get(chain.size() - 1);
    requireTime(root, now);
    Trusted<Current> current = current(root, files.current());
    Follow.check(old == null ? null : old.signedCurrent(), current, "current", chain);
    requireTime(current, now);
    Set<String> sticky = new HashSet<>(revoked);
    sticky.addAll(old == null ? Set.of() : old.revoked());
    sticky.addAll(current.body().revoked());
    root.body().cleared().forEach(sticky::remove);
    // What was kept was accepted before its signer's key was revoked, or not at all.
    Set<String> out = now == null ? Set.of() : sticky;
    requireListed(current.body().root(), files.roots().get(files.roots().size() - 1), "root");
    requireListed(current.body().policy(), files.policy(), "policy");
    requireListed(current.body().roster(organ).orElse(null), files.roster(), "roster");
    Trusted<Policy> policy =
        policy(old == null ? null : old.signedPolicy(), chain, files.policy(), out, now);
    List<Trusted<ScopedLayer>> layers =
        SignedLayers.forTerminal(
            chain, old, organ, terminal, files.layers(), current.body(), out, now);
    Policy rules = SignedLayers.combined(policy.body(), layers);
    Trusted<Roster> roster = roster(root, files.roster());
    Follow.check(old == null ? null : old.signedRoster(), roster, "roster", chain);
    requireTime(roster, now);
    if (now != null && sticky.size() > (old == null ? 0 : old.revoked().size())) {
      requireRoom(files, sticky.size());
    }
    return new TrustedState(organ, root, policy, layers, rules, roster, current, sticky);
  }

  private void requireRoom(TrustBundle files, int revoked) throws RefusedException {
    Set<TrustKey> online = new HashSet<>();
    // From the pin on, as they are read again later: a root that nobody verified makes no room.
    for (Trusted<Root> root : roots(null, pinnedRoot, files.roots())) {
      online.add(root.body().online());
    }
    int most = MOST_REVOKED * online.size();
    if (revoked > most) {
      throw new RefusedException(
          Refusal.POLICY_REVOCATIONS, revoked + " revoked keys, at most " + most);
    }
  }

  /** The roots from the trusted or the pinned one, which is the first, to the newest. */
  private static List<Trusted<Root>> roots(
      @Nullable Trusted<Root> old, String pinned, List<SignedFile> files) throws RefusedException {
    Trusted<Root> trusted = old;
    List<Trusted<Root>> chain = new ArrayList<>();
    if (old != null) {
      chain.add(old);
    }
    for (SignedFile file : files) {
      if (trusted == null) {
        // Older ones than the pinned root say nothing here.
        if (file.hash().equals(pinned)) {
          trusted = root(file, null);
          chain.add(trusted);
        }
      } else if (file.header().version() > trusted.version()) {
        trusted = root(file, trusted);
        chain.add(trusted);
      } else if (file.header().version() == trusted.version()
          && !file.hash().equals(trusted.hash())) {
        throw new RefusedException(
            Refusal.POLICY_MISMATCH, "another root of version " + trusted.version());
      }
    }
    if (trusted == null) {
      throw new RefusedException(Refusal.ROOT_NOT_PINNED, "no root has the pinned hash");
    }
    SignedFile last = files.get(files.size() - 1);
    if (!last.hash().equals(trusted.hash())) {
      throw new RefusedException(Refusal.POLICY_OLDER, "root " + last.header().version());
    }
    return chain;
  }

  private static Trusted<Root> root(SignedFile file, @Nullable Trusted<Root> before)
      throws RefusedException {
    requireOrgan(file, null, "root");
    // Parsed before its signature is checked: its keys are what checks it. Pin or predecessor
    // decide whether it counts.
    Root root = parse(Root::parse, file, "root");
    if (root.threshold() < 2 && !file.header().trial()) {
      throw new RefusedException(Refusal.POLICY_MISMATCH, "one officer suffices only in a trial");
    }
    List<TrustKey> known = new ArrayList<>(root.officerKeys());
    if (before != null) {
      known.addAll(before.body().officerKeys());
      requireSigned(
          file, before.body().officerKeys(), known, before.body().threshold(), "root (before)");
      if (before.header().trial() != file.header().trial()) {
        throw new RefusedException(Refusal.POLICY_MISMATCH, "trial and production do not mix");
      }
    }
    if (before == null) {
      // Pinned by its hash; officers of the root before it may have signed too, whom nobody here
      // knows. A terminal enrolled after a rotation begins with such a root.
      if (file.signedAmong(root.officerKeys()) < root.threshold()) {
        throw new RefusedException(Refusal.POLICY_SIGNATURE, "root is not signed by its officers");
      }
    } else {
      requireSigned(file, root.officerKeys(), known, root.threshold(), "root");
    }
    return new Trusted<>(file.header(), file.hash(), root);
  }

  private static Trusted<Policy> policy(
      @Nullable Trusted<Policy> old,
      List<Trusted<Root>> chain,
      SignedFile file,
      Set<String> revoked,
      @Nullable Instant now)
      throws RefusedException {
    Trusted<Root> root = chain.get(chain.size() - 1);
    requireOrgan(file, null, "policy");
    requireSameUse(root, file, "policy");
    List<TrustKey> officers = root.body().officerKeys();
    boolean same = old != null && old.hash().equals(file.hash());
    if (file.signedBy(same ? officers : without(officers, revoked), officers)
        < root.body().threshold()) {
      throw unsigned(root, file, "policy");
    }
    Trusted<Policy> policy =
        new Trusted<>(file.header(), file.hash(), parse(Policy::parse, file, "policy"));
    Follow.check(old, policy, "policy", chain);
    requireTime(policy, now);
    return policy;
  }

  /** The revocations that the newest root does not lift. */
  static Set<String> standing(Trusted<Root> root, Set<String> revoked) {
    Set<String> standing = new HashSet<>(revoked);
    root.body().cleared().forEach(standing::remove);
    return standing;
  }

  /** The keys that may sign something new: a revoked one may not, whoever revoked it. */
  static List<TrustKey> without(List<TrustKey> keys, Set<String> revoked) {
    return keys.stream().filter(key -> !revoked.contains(key.id())).toList();
  }

  /** Why {@code file} is not signed: by a delegate for what is not his, or not at all. */
  static RefusedException unsigned(Trusted<Root> root, SignedFile file, String name) {
    List<String> signers = file.header().signers();
    boolean delegate =
        root.body().delegations().stream()
            .anyMatch(one ->
                !one.organ().equals(file.header().organ())
                    && signers.contains(one.officer().key().id()));
    return delegate
        ? new RefusedException(Refusal.POLICY_DELEGATE, name + " by a delegate of another organ")
        : new RefusedException(
            Refusal.POLICY_SIGNATURE, name + " is not signed by as many as the root demands");
  }

  private static Trusted<Current> current(Trusted<Root> root, SignedFile file)
      throws RefusedException {
    requireOrgan(file, null, "current");
    requireSignedOnline(root, file, "current");
    if (file.header().version() != file.header().issued().getEpochSecond()) {
      throw new RefusedException(Refusal.POLICY_MISMATCH, "current's version is not its time");
    }
    return new Trusted<>(file.header(), file.hash(), parse(Current::parse, file, "current"));
  }

  private Trusted<Roster> roster(Trusted<Root> root, SignedFile file) throws RefusedException {
    requireOrgan(file, organ, "roster");
    requireSignedOnline(root, file, "roster");
    return new Trusted<>(file.header(), file.hash(), parse(Roster::parse, file, "roster"));
  }

  private static void requireSignedOnline(Trusted<Root> root, SignedFile file, String name)
      throws RefusedException {
    requireSameUse(root, file, name);
    List<TrustKey> online = List.of(root.body().online());
    requireSigned(file, online, online, 1, name);
  }

  private static void requireSigned(
      SignedFile file, List<TrustKey> keys, List<TrustKey> known, int threshold, String name)
      throws RefusedException {
    if (file.signedBy(keys, known) < threshold) {
      throw new RefusedException(
          Refusal.POLICY_SIGNATURE, name + " is not signed by " + threshold + " of its signers");
    }
  }

  static void requireSameUse(Trusted<Root> root, SignedFile file, String name)
      throws RefusedException {
    if (root.header().trial() != file.header().trial()) {
      throw new RefusedException(Refusal.POLICY_MISMATCH, name + ": trial and production mixed");
    }
  }

  private static void requireOrgan(SignedFile file, @Nullable String organ, String name)
      throws RefusedException {
    if (!Objects.equals(file.header().organ(), organ)) {
      throw new RefusedException(Refusal.POLICY_MISMATCH, name + " of another organ");
    }
  }

  private static void requireListed(Current.@Nullable Listed listed, SignedFile file, String name)
      throws RefusedException {
    if (listed == null || !listed.equals(Current.Listed.of(file))) {
      throw new RefusedException(Refusal.POLICY_MISMATCH, "current names another " + name);
    }
  }

  static void requireTime(Trusted<?> file, @Nullable Instant now) throws RefusedException {
    if (now == null) {
      return;
    }
    TrustKind kind = file.header().kind();
    if (file.isExpired(now)) {
      throw new RefusedException(
          Refusal.POLICY_EXPIRED, kind.text() + " until " + file.header().expires());
    }
    // Else one file with a version far ahead would shut out all that follow.
    if (file.header().issued().isAfter(now.plus(CLOCK_TOLERANCE))) {
      throw new RefusedException(
          Refusal.POLICY_EXPIRED, kind.text() + " only from " + file.header().issued());
    }
  }

  interface Parser<T> {
    T parse(byte[] body) throws MalformedException;
  }

  static <T> T parse(Parser<T> parser, SignedFile file, String name) throws RefusedException {
    try {
      return parser.parse(file.bodyBytes());
    } catch (MalformedException e) {
      throw new RefusedException(Refusal.POLICY_MALFORMED, name + ": " + e.getMessage());
    }
  }
}
