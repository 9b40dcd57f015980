package jp.sekisho.agent.enforce.clipboard;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import jp.sekisho.agent.enforce.RatedRecords;
import jp.sekisho.agent.enforce.clipboard.CopyGrants.Counted;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.Effect;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.ClipboardSettings;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ClipboardEvent;
import org.jspecify.annotations.Nullable;

/**
 * Decides about pastes over boundaries, in {@code service}: by the signed policy, and under a grant
 * in spite of it. What goes is recorded, durably, before the answer; what cannot be recorded does
 * not go. Thread-safe.
 *
 * <p>While no policy counts nothing is held: nobody can log in to anything then. With one that is
 * expired boundaries are closed and pastes between business programs go on.
 */
public final class ClipboardRulings {
  private static final System.Logger LOG = System.getLogger(ClipboardRulings.class.getName());

  /** Where records go. */
  @FunctionalInterface
  public interface Recording {
    void append(AgentEvent event) throws SpoolException;
  }

  /**
   * The policy that counts.
   *
   * @param expired it is over, and no newer one came
   */
  public record InForce(Policy policy, boolean expired) {}

  private final Supplier<Optional<InForce>> policies;
  private final CopyGrants grants;
  private final Recording records;
  private final Supplier<String> helpLine;

  // Guarded by this.
  private final RatedRecords<ClipboardEvent> crossed;
  private final RatedRecords<ClipboardEvent> refused;
  private @Nullable Policy known;
  private @Nullable PolicyEvaluator evaluator;

  /**
   * @param policies what counts; empty before the first
   * @param nanos a clock that only goes forward
   * @param helpLine whom a refusal tells people to call
   */
  public ClipboardRulings(
      Supplier<Optional<InForce>> policies,
      CopyGrants grants,
      Recording records,
      LongSupplier nanos,
      Supplier<String> helpLine) {
    this.policies = policies;
    this.grants = grants;
    this.records = records;
    this.helpLine = helpLine;
    this.crossed = new RatedRecords<>(nanos);
    this.refused = new RatedRecords<>(nanos);
  }

  /** What the seat of {@code uid} is to do. */
  public Treatment treatment(int uid) {
    Optional<InForce> files = policies.get();
    if (files.isEmpty()) {
      return Treatment.NONE;
    }
    Policy policy = files.get().policy();
    ClipboardMode mode = policy.values().value(ClipboardSettings.MODE);
    if (files.get().expired() && mode != ClipboardMode.BLOCK) {
      mode = ClipboardMode.GUARD;
    }
    return switch (mode) {
      case ALLOW -> Treatment.NONE;
      case BLOCK -> new Treatment(mode, grants.inUse(uid).isPresent(), Set.of());
      case GUARD, AUDIT ->
          new Treatment(mode, true, Set.copyOf(policy.values().value(ClipboardSettings.PROGRAMS)));
    };
  }

  /** Decides about one paste at the seat of {@code uid}. */
  public synchronized Answer decide(int uid, Crossing crossing) {
    Optional<InForce> files = policies.get();
    if (files.isEmpty()) {
      return no(Refusal.CLIPBOARD_UNDECIDED, null);
    }
    if (files.get().expired()) {
      return refuse(null, crossing, null, Refusal.POLICY_EXPIRED);
    }
    Policy policy = files.get().policy();
    Decision decision = evaluator(policy).clipboard(crossing.copy());
    return switch (decision.effect()) {
      case ALLOW -> Answer.yes();
      case AUDIT, WARN -> let(crossing, decision);
      case BLOCK, GRANT_ONLY, READ_ONLY -> granted(uid, crossing, policy, decision);
    };
  }

  private PolicyEvaluator evaluator(Policy policy) {
    PolicyEvaluator made = evaluator;
    if (made == null || !policy.equals(known)) {
      made = PolicyEvaluator.by(policy);
      evaluator = made;
      known = policy;
    }
    return made;
  }

  private Answer let(Crossing crossing, Decision decision) {
    boolean warn = decision.effect() == Effect.WARN;
    ClipboardEvent.Crossed event =
        new ClipboardEvent.Crossed(
            null, said(crossing), warn ? "warn" : "audit", decision.rule(), null);
    if (crossed.isRecordedNow(event::counted) && !record(event)) {
      return no(Refusal.CLIPBOARD_UNDECIDED, null);
    }
    return warn ? new Answer(null, decision.reason(), true, helpLine.get()) : Answer.yes();
  }

  /** What the policy stops goes under a grant, but for the number rule where it guards. */
  private Answer granted(int uid, Crossing crossing, Policy policy, Decision decision) {
    Optional<CopyGrants.InUse> use = grants.inUse(uid);
    if (use.isEmpty()) {
      boolean number =
          policy
              .values()
              .rule(ClipboardSettings.NUMBER)
              .filter(rule -> rule.id().equals(decision.rule()))
              .isPresent();
      return refuse(
          null, crossing, decision, number ? Refusal.CLIPBOARD_NUMBER : Refusal.CLIPBOARD_BOUNDARY);
    }
    String grant = use.get().grant();
    if (evaluator(policy).stopsNumber(crossing.copy())) {
      return refuse(grant, crossing, decision, Refusal.CLIPBOARD_NUMBER);
    }
    Counted counted = use.get().count(crossing.bytes());
    if (counted != Counted.COUNTED) {
      return refuse(
          grant,
          crossing,
          decision,
          counted == Counted.OVER ? Refusal.CLIPBOARD_OVER : Refusal.CLIPBOARD_UNDECIDED);
    }
    boolean durable =
        record(new ClipboardEvent.Crossed(grant, said(crossing), "allow", decision.rule(), null));
    return durable ? Answer.yes() : no(Refusal.CLIPBOARD_UNDECIDED, null);
  }

  private Answer refuse(
      @Nullable String grant, Crossing crossing, @Nullable Decision decision, Refusal reason) {
    ClipboardEvent.Refused event =
        new ClipboardEvent.Refused(
            grant, said(crossing), decision == null ? "" : decision.rule(), null, reason);
    if (refused.isRecordedNow(event::counted) && !record(event)) {
      refused.missed(event::counted);
    }
    return no(reason, decision == null ? null : decision.reason());
  }

  private Answer no(Refusal reason, @Nullable Reason why) {
    return new Answer(reason, why, false, helpLine.get());
  }

  /** Records the numbers of those that were only counted. */
  public synchronized void tick() {
    crossed.due().ifPresent(this::record);
    refused.due().ifPresent(this::record);
  }

  private boolean record(ClipboardEvent event) {
    try {
      records.append(event);
      return true;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, event.type() + " is not recorded", e);
      return false;
    }
  }

  private static ClipboardEvent.Copy said(Crossing crossing) {
    Score number = crossing.number();
    return new ClipboardEvent.Copy(
        crossing.board().text(),
        crossing.from(),
        crossing.to(),
        crossing.formats().stream().map(ClipboardRulings::word).sorted().toList(),
        crossing.bytes(),
        !crossing.searched() ? "unsearched" : number == null ? "none" : word(number));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
