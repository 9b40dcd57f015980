package jp.sekisho.server.grant;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import jp.sekisho.policy.GrantRuling;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.server.authn.Approvals.Approval;
import jp.sekisho.server.grant.SignedRules.Rules;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * How far an exception may go, what it may open and whose card approves it: by the signed policy
 * (what leaves, to whom and by how many by that of the terminal's layers), and while none was ever
 * imported by the built-in maxima {@link #USE} and {@link #SPAN}, with every approver of the role
 * table. Terminals open nothing without a signed policy, so that time is for trying out the pages.
 * With an expired policy everything is refused. Thread-safe.
 */
public final class Limits {
  /** Longest use without a signed policy. */
  public static final Duration USE = Duration.ofMinutes(30);

  /** Longest time from start to end without a signed policy. */
  public static final Duration SPAN = Duration.ofDays(1);

  /** Longest series without a signed policy. */
  public static final Duration SERIES = Duration.ofDays(31);

  private final SignedRules signed;
  private final boolean lowApproves;

  /**
   * @param lowApproves whether 低保証 cards approve, as they do only in a trial
   */
  public Limits(SignedRules signed, boolean lowApproves) {
    this.signed = signed;
    this.lowApproves = lowApproves;
  }

  /**
   * The maxima that count now.
   *
   * @param use longest use
   * @param span longest time from start to end, of one occurrence where it is a series
   * @param series longest time from a series' first start to its last end; zero for no series
   */
  public record Maxima(Duration use, Duration span, Duration series) {
    /** GRANT_TOO_LONG, or null when a use and a span keep within them. */
    @Nullable Refusal tooLong(int minutes, Duration asked) {
      return minutes <= use.toMinutes() && asked.compareTo(span) <= 0
          ? null
          : Refusal.GRANT_TOO_LONG;
    }
  }

  /**
   * What a form offers: by the common policy, though the layers of a terminal may say less.
   *
   * @param recipients ids of those to whom files may go
   */
  public record Choices(List<Capability> capabilities, List<String> recipients) {
    public Choices {
      capabilities = List.copyOf(capabilities);
      recipients = List.copyOf(recipients);
    }
  }

  /** What can be asked for now. */
  public Choices choices(Handle handle) {
    return switch (signed.in(handle)) {
      case Rules.InForce(GrantRules _, SettingValues more) ->
          new Choices(
              Stream.of(Capability.values())
                  .filter(one ->
                      more.value(GrantSettings.CAPABILITIES).contains(GrantCapability.of(one)))
                  .toList(),
              more.value(GrantSettings.RECIPIENTS));
      case Rules.None() -> new Choices(List.of(Capability.USB_READ), List.of());
      case Rules.Lapsed() -> new Choices(List.of(), List.of());
    };
  }

  /** Whether two persons have to approve it; unknown rules demand it. */
  boolean needsTwo(Handle handle, ExportGrant text) {
    boolean plain = text.capability() == Capability.EXPORT_PLAIN;
    return switch (signed.in(handle)) {
      case Rules.None(), Rules.Lapsed() -> plain;
      case Rules.InForce _ ->
          plain
              || signed
                  .at(handle, text.organ(), text.terminal())
                  .map(rules -> rules.needsTwo(GrantCapability.of(text.capability())))
                  .orElse(true);
    };
  }

  /** What the rules of its terminal have against asking for it; null for nothing. */
  @Nullable Refusal asked(Handle handle, ExportGrant text) {
    GrantAsk ask = GrantAsk.of(text, List.of());
    return judged(handle, text, rules -> rules.requested(ask));
  }

  /**
   * What they have against its being approved by these; null for nothing.
   *
   * @param approvers staff numbers, each of another person
   */
  @Nullable Refusal approved(Handle handle, ExportGrant text, List<String> approvers) {
    GrantAsk ask = GrantAsk.of(text, approvers);
    return judged(handle, text, rules -> rules.granted(ask));
  }

  private @Nullable Refusal judged(
      Handle handle, ExportGrant text, Function<PolicyEvaluator, GrantRuling> by) {
    return switch (signed.in(handle)) {
      // There is no recipient that nobody signed, and no terminal opens anything.
      case Rules.None() ->
          text.capability() == Capability.USB_READ ? null : Refusal.GRANT_CAPABILITY;
      case Rules.Lapsed() -> Refusal.POLICY_EXPIRED;
      case Rules.InForce _ -> {
        Optional<PolicyEvaluator> rules = signed.at(handle, text.organ(), text.terminal());
        yield rules.isEmpty() ? Refusal.POLICY_EXPIRED : by.apply(rules.get()).refusal();
      }
    };
  }

  /** The maxima to show and to judge by. */
  public Maxima maxima(Handle handle) {
    return switch (signed.in(handle)) {
      case Rules.InForce(GrantRules rules, SettingValues more) ->
          new Maxima(
              rules.longestUse().value(),
              rules.longestSpan().value(),
              more.value(GrantSettings.LONGEST_SERIES));
      case Rules.None() -> new Maxima(USE, SPAN, SERIES);
      case Rules.Lapsed() -> new Maxima(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    };
  }

  /** POLICY_EXPIRED, GRANT_TOO_LONG, or null when so much may be asked for and approved now. */
  @Nullable Refusal obstacle(Handle handle, int minutes, Duration span) {
    return signed.in(handle) instanceof Rules.Lapsed
        ? Refusal.POLICY_EXPIRED
        : maxima(handle).tooLong(minutes, span);
  }

  /** As {@link #obstacle(Handle, int, Duration)}, for a text. */
  @Nullable Refusal obstacle(Handle handle, GrantText text) {
    ExportGrant one =
        switch (text) {
          case ExportGrant once -> once;
          case GrantSeries series -> series.first();
        };
    Refusal obstacle = obstacle(handle, one.minutes(), span(one));
    if (obstacle != null || !(text instanceof GrantSeries series)) {
      return obstacle;
    }
    return span(series.whole()).compareTo(maxima(handle).series()) <= 0
        ? null
        : Refusal.GRANT_TOO_LONG;
  }

  private static Duration span(ExportGrant text) {
    return Duration.between(text.start(), text.end());
  }

  /** As the next one, of the card that gave an approval. */
  @Nullable Refusal approver(Handle handle, String organ, Approval approval) {
    return approver(handle, organ, approval.approver().person(), approval.spki(), approval.low());
  }

  /**
   * APPROVER_LOW, APPROVER_UNLISTED, or null when this key may approve for the organ.
   *
   * @param spki DER of the key
   * @param low whether the card is 低保証
   */
  @Nullable Refusal approver(Handle handle, String organ, String person, byte[] spki, boolean low) {
    if (low && !lowApproves) {
      return Refusal.APPROVER_LOW;
    }
    return switch (signed.in(handle)) {
      case Rules.None() -> null;
      case Rules.Lapsed() -> Refusal.POLICY_EXPIRED;
      case Rules.InForce(GrantRules rules, SettingValues _) ->
          rules
                  .approver(organ, Sha256.text(spki))
                  .filter(one -> one.person().equals(person))
                  .isPresent()
              ? null
              : Refusal.APPROVER_UNLISTED;
    };
  }
}
