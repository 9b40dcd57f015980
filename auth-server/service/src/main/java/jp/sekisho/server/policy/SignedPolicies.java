package jp.sekisho.server.policy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.SignedLayers;
import jp.sekisho.policy.trust.Trusted;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.policy.OfficerRows.Rows;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.Recent;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.RootPin;
import org.jdbi.v3.core.Handle;

/**
 * The rules that officers signed, as the service asks them. Every question reads the rows with
 * their seals and what is kept outside the database; one that fails answers nothing. Thread-safe.
 */
public final class SignedPolicies implements RootPin {
  private final Transactions transactions;
  private final OfficerRows rows;
  private final boolean trial;
  private final InstantSource clock;
  private final Map<List<String>, Combined> combined = Recent.map(1024);

  private SignedPolicies(
      Transactions transactions, OfficerRows rows, boolean trial, InstantSource clock) {
    this.transactions = transactions;
    this.rows = rows;
    this.trial = trial;
    this.clock = clock;
  }

  /** Those of an installation; also for a console command, which has no context. */
  public static SignedPolicies of(Installation installation) {
    return new SignedPolicies(
        installation.transactions(),
        new OfficerRows(
            new SignedFiles(installation.seal()),
            new OfficerFiles(installation.directory().keys())),
        installation.config().trial(),
        installation.clock());
  }

  @Override
  public Optional<String> hash(Handle handle) {
    List<SignedFile> roots = rows.read(handle).roots();
    return roots.isEmpty() ? Optional.empty() : Optional.of(roots.getLast().hash());
  }

  /** The policy in force now; empty without one and when it or its root expired. */
  public Optional<Trusted<Policy>> current() {
    return transactions.read(this::current);
  }

  /** As {@link #current()}, inside a unit. */
  public Optional<Trusted<Policy>> current(Handle handle) {
    return inForce(rows.read(handle));
  }

  private Optional<Trusted<Policy>> inForce(Rows found) {
    Instant now = clock.instant();
    return found
        .officers()
        .filter(both -> !both.root().isExpired(now) && !both.policy().isExpired(now))
        .map(Officers::policy);
  }

  /** The rules of a policy with layers, and who decides by them. */
  private record Combined(Policy rules, PolicyEvaluator evaluator) {}

  /**
   * The rules a terminal obeys now, the layers that concern it included; empty without a policy and
   * when any of the files expired.
   */
  public Optional<Policy> rulesOf(Handle handle, String organ, String terminal) {
    return inForce(rows.read(handle), organ, terminal).map(Combined::rules);
  }

  /** As {@link #rulesOf}, who decides by them. */
  public Optional<PolicyEvaluator> evaluatorOf(Handle handle, String organ, String terminal) {
    return inForce(rows.read(handle), organ, terminal).map(Combined::evaluator);
  }

  private Optional<Combined> inForce(Rows found, String organ, String terminal) {
    Instant now = clock.instant();
    return found
        .officers()
        .filter(all -> !all.root().isExpired(now) && !all.policy().isExpired(now))
        .flatMap(all -> {
          List<Trusted<ScopedLayer>> layers = SignedLayers.of(all.layers(), organ, terminal);
          return layers.stream().anyMatch(layer -> layer.isExpired(now))
              ? Optional.empty()
              : Optional.of(combined(all.policy(), layers));
        });
  }

  /** Made once for each content; every login at a terminal asks for the same. */
  private Combined combined(Trusted<Policy> policy, List<Trusted<ScopedLayer>> layers) {
    List<String> hashes =
        Stream.concat(Stream.of(policy.hash()), layers.stream().map(Trusted::hash)).toList();
    return combined.computeIfAbsent(
        hashes,
        _ -> {
          Policy rules = SignedLayers.combine(policy.body(), layers);
          return new Combined(rules, PolicyEvaluator.by(rules));
        });
  }

  /** What every question here asks of the database. */
  public static List<Look> looks() {
    return SignedFiles.looks();
  }

  /** What the rules of a terminal say of logins there, as they stand in this unit. */
  public TerminalLogins logins(Handle handle, String organ, String terminal) {
    Rows found = rows.read(handle);
    return inForce(found, organ, terminal)
        .<TerminalLogins>map(all -> new TerminalLogins.Ruled(all.rules(), all.evaluator()))
        .orElseGet(found.none() ? TerminalLogins.Unruled::new : TerminalLogins.Lapsed::new);
  }

  /**
   * Ids of the rules in force for an organ.
   *
   * @param common of the policy that every organ obeys
   * @param own of all layers of this organ
   */
  public record RuleIds(Set<String> common, Set<String> own) {
    public RuleIds {
      common = Set.copyOf(common);
      own = Set.copyOf(own);
    }

    public boolean contains(String rule) {
      return common.contains(rule) || own.contains(rule);
    }
  }

  /** Those of an organ; none without a policy and when it or its root expired. */
  public RuleIds ruleIds(Handle handle, String organ) {
    Rows found = rows.read(handle);
    Instant now = clock.instant();
    Set<String> common = new HashSet<>();
    Set<String> own = new HashSet<>();
    inForce(found)
        .ifPresent(policy -> policy.body().rules().forEach(rule -> common.add(rule.id())));
    if (!common.isEmpty()) {
      found.officers().stream()
          .flatMap(all -> all.layers().stream())
          .filter(layer -> !layer.isExpired(now) && layer.body().scope().organ().equals(organ))
          .forEach(layer -> own.addAll(layer.body().layer().ruleIds()));
    }
    return new RuleIds(common, own);
  }

  /** Whether there are officers' files, a root with its policy. */
  public boolean isImported(Handle handle) {
    return rows.read(handle).officers().isPresent();
  }

  /** Whether a root or a policy was ever imported. */
  public boolean isAny(Handle handle) {
    return !rows.read(handle).none();
  }

  /**
   * Whether the policy in force lists these factors. One that says nothing of it lists none, and so
   * does one that expired; before the first import only a trial takes any.
   */
  public boolean allows(Handle handle, LoginFactors factors) {
    Rows found = rows.read(handle);
    if (found.none()) {
      return trial;
    }
    return inForce(found)
        .map(policy -> policy.body().more().value(LoginSettings.FACTORS).contains(factors))
        .orElse(false);
  }

  /** What is shown at the console: newest root and policy, expired or not. */
  public Optional<Officers> officers() {
    return transactions.<Optional<Officers>>read(handle -> rows.read(handle).officers());
  }

  /**
   * How many officers must sign (k) by the newest root of an installation; 1 before the first one.
   * For a console command that has no policies.
   */
  public static int threshold(Handle handle, Installation installation) {
    OfficerFiles last = new OfficerFiles(installation.directory().keys());
    SignedFiles files = new SignedFiles(installation.seal());
    List<SignedFile> roots = files.roots(handle);
    last.require(
        roots.isEmpty() ? null : roots.getLast(),
        files.newest(handle, TrustKind.POLICY, OfficerRows.ALL).orElse(null));
    try {
      return roots.isEmpty() ? 1 : Root.parse(roots.getLast().bodyBytes()).threshold();
    } catch (MalformedException e) {
      throw new IllegalStateException("a stored root is of a newer version", e);
    }
  }
}
