package jp.sekisho.policy.trust;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import jp.sekisho.policy.Policy;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a set of signed files follows what is trusted already. Pure: the time is passed
 * in, nothing is read or kept.
 *
 * <p>Order: roots, each signed by k officers of the one before <em>and</em> of itself, beginning
 * with the pinned one; policy by k officers of the newest root; current and roster by its online
 * key; current must name exactly these files; no version may be lower than the one trusted, and an
 * equal one must be the same file. Bodies are parsed last.
 *
 * <p>Refusals: {@code ROOT_NOT_PINNED POLICY_SIGNATURE POLICY_OLDER POLICY_EXPIRED POLICY_MISMATCH
 * POLICY_MALFORMED}.
 */
public final class TrustVerifier {
  /** How far a signer's clock may be ahead of ours. */
  public static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);

  private final String organ;
  private final String pinnedRoot;

  /** A refusal on its way out of this class. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Refusal reason;
    private final String what;

    RefusedException(Refusal reason, String what) {
      super(what);
      this.reason = reason;
      this.what = what;
    }
  }

  /**
   * @param organ id of the terminal's 機関
   * @param pinnedRoot base64url of the SHA-256 of the root file the ticket named
   */
  public TrustVerifier(String organ, String pinnedRoot) {
    this.organ = organ;
    this.pinnedRoot = pinnedRoot;
  }

  /** Whether {@code files} may follow {@code old}; null when nothing is trusted yet. */
  public TrustOutcome accept(@Nullable TrustedState old, TrustBundle files, Instant now) {
    try {
      return new TrustOutcome.Accepted(verify(old, files, now, Set.of()));
    } catch (RefusedException e) {
      return new TrustOutcome.Rejected(e.reason, e.what);
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
      return new TrustOutcome.Rejected(e.reason, e.what);
    }
  }

  /**
   * Whether the files officers signed may follow those trusted: what the service asks at an import
   * and an officer before signing.
   *
   * @param oldRoot the newest root trusted; null to believe the first of {@code roots}
   * @param oldPolicy the policy trusted; null when there is none
   */
  public static OfficerOutcome officers(
      @Nullable Trusted<Root> oldRoot,
      @Nullable Trusted<Policy> oldPolicy,
      List<SignedFile> roots,
      SignedFile policy,
      Instant now) {
    try {
      Trusted<Root> root =
          roots(oldRoot, oldRoot == null ? roots.get(0).hash() : oldRoot.hash(), roots);
      requireTime(root, now);
      return new OfficerOutcome.Accepted(root, policy(oldPolicy, root, policy, now));
    } catch (RefusedException e) {
      return new OfficerOutcome.Rejected(e.reason, e.what);
    }
  }

  private TrustedState verify(
      @Nullable TrustedState old, TrustBundle files, @Nullable Instant now, Set<String> revoked)
      throws RefusedException {
    Trusted<Root> root = roots(old == null ? null : old.signedRoot(), pinnedRoot, files.roots());
    requireTime(root, now);
    Trusted<Current> current = current(root, files.current());
    follow(old == null ? null : old.signedCurrent(), current, "current");
    requireTime(current, now);
    requireListed(current.body().root(), files.roots().get(files.roots().size() - 1), "root");
    requireListed(current.body().policy(), files.policy(), "policy");
    requireListed(current.body().roster(organ).orElse(null), files.roster(), "roster");
    Trusted<Policy> policy =
        policy(old == null ? null : old.signedPolicy(), root, files.policy(), now);
    Trusted<Roster> roster = roster(root, files.roster());
    follow(old == null ? null : old.signedRoster(), roster, "roster");
    requireTime(roster, now);
    Set<String> sticky = new HashSet<>(revoked);
    sticky.addAll(old == null ? Set.of() : old.revoked());
    sticky.addAll(current.body().revoked());
    root.body().cleared().forEach(sticky::remove);
    return new TrustedState(organ, root, policy, roster, current, sticky);
  }

  /** The newest root, reached from the trusted or the pinned one. */
  private static Trusted<Root> roots(
      @Nullable Trusted<Root> old, String pinned, List<SignedFile> files) throws RefusedException {
    Trusted<Root> trusted = old;
    for (SignedFile file : files) {
      if (trusted == null) {
        // Older ones than the pinned root say nothing here.
        if (file.hash().equals(pinned)) {
          trusted = root(file, null);
        }
      } else if (file.header().version() > trusted.version()) {
        trusted = root(file, trusted);
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
    return trusted;
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
    requireSigned(file, root.officerKeys(), known, root.threshold(), "root");
    return new Trusted<>(file.header(), file.hash(), root);
  }

  private static Trusted<Policy> policy(
      @Nullable Trusted<Policy> old, Trusted<Root> root, SignedFile file, @Nullable Instant now)
      throws RefusedException {
    requireOrgan(file, null, "policy");
    requireSameUse(root, file, "policy");
    List<TrustKey> officers = root.body().officerKeys();
    requireSigned(file, officers, officers, root.body().threshold(), "policy");
    Trusted<Policy> policy =
        new Trusted<>(file.header(), file.hash(), parse(Policy::parse, file, "policy"));
    follow(old, policy, "policy");
    requireTime(policy, now);
    return policy;
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

  private static void requireSameUse(Trusted<Root> root, SignedFile file, String name)
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

  private static <T> void follow(@Nullable Trusted<T> old, Trusted<T> next, String name)
      throws RefusedException {
    if (old == null) {
      return;
    }
    if (next.version() < old.version()) {
      throw new RefusedException(
          Refusal.POLICY_OLDER, name + " " + next.version() + " after " + old.version());
    }
    if (next.version() == old.version() && !next.hash().equals(old.hash())) {
      throw new RefusedException(
          Refusal.POLICY_MISMATCH, "another " + name + " of version " + next.version());
    }
  }

  private static void requireTime(Trusted<?> file, @Nullable Instant now) throws RefusedException {
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

  private interface Parser<T> {
    T parse(byte[] body) throws MalformedException;
  }

  private static <T> T parse(Parser<T> parser, SignedFile file, String name)
      throws RefusedException {
    try {
      return parser.parse(file.bodyBytes());
    } catch (MalformedException e) {
      throw new RefusedException(Refusal.POLICY_MALFORMED, name + ": " + e.getMessage());
    }
  }
}
