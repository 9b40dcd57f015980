package jp.sekisho.policy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantDemand;
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.UsbSettings;
import org.jspecify.annotations.Nullable;

/** What the section {@code grants} demands of a request. Immutable. */
final class GrantRequestRules {
  private final RuledSetting<Duration> longestUse;
  private final RuledSetting<Duration> longestSpan;
  private final Set<String> approvers;
  private final RuledSetting<List<GrantCapability>> second;
  private final RuledSetting<List<GrantCapability>> attendant;
  private final RuledSetting<List<String>> recipients;
  private final RuledSetting<List<GrantField>> fields;
  private final RuledSetting<Integer> mostFiles;
  private final RuledSetting<DataSize> mostData;
  private final RuledSetting<List<String>> media;
  private final Set<String> mediaItems;

  GrantRequestRules(SettingValues policy) {
    this.longestUse = new RuledSetting<>(GrantSettings.LONGEST_USE, policy);
    this.longestSpan = new RuledSetting<>(GrantSettings.LONGEST_SPAN, policy);
    this.approvers =
        policy.value(GrantSettings.APPROVERS).stream()
            .map(GrantRequestRules::key)
            .collect(Collectors.toUnmodifiableSet());
    this.second = new RuledSetting<>(GrantSettings.SECOND_APPROVER, policy);
    this.attendant = new RuledSetting<>(GrantSettings.ATTENDANT, policy);
    this.recipients = new RuledSetting<>(GrantSettings.RECIPIENTS, policy);
    this.fields = new RuledSetting<>(GrantSettings.FIELDS, policy);
    this.mostFiles = new RuledSetting<>(GrantSettings.MOST_FILES, policy);
    this.mostData = new RuledSetting<>(GrantSettings.MOST_DATA, policy);
    this.media = new RuledSetting<>(UsbSettings.MEDIA, policy);
    this.mediaItems = Set.copyOf(media.value());
  }

  private static String key(Approver approver) {
    return approver.organ() + "/" + approver.person();
  }

  /** Whether a grant may be about the medium of this fingerprint. */
  boolean permitsMedium(String fingerprint) {
    return mediaItems.contains(UsbSettings.EVERY_REGISTERED) || mediaItems.contains(fingerprint);
  }

  /** The rule whose limit these times are over; null for none. */
  @Nullable Decision overLimit(Duration use, Duration span) {
    if (isOver(use, longestUse)) {
      return longestUse.is(Effect.BLOCK);
    }
    return isOver(span, longestSpan) ? longestSpan.is(Effect.BLOCK) : null;
  }

  private static boolean isOver(Duration asked, RuledSetting<Duration> longest) {
    return asked.isNegative() || asked.isZero() || asked.compareTo(longest.value()) > 0;
  }

  /** Whether it needs two approvers. */
  boolean needsSecond(GrantCapability capability) {
    return capability == GrantCapability.EXPORT_PLAIN || second.value().contains(capability);
  }

  /**
   * What refuses {@code ask}; null for nothing.
   *
   * @param approver decides where an approver is none
   * @param request decides where it is about no medium
   * @param approved whether somebody approved it; else it is not asked who
   */
  @Nullable GrantRuling refuses(
      GrantAsk ask,
      GrantCapability capability,
      Decision approver,
      Decision request,
      boolean approved) {
    Decision limit = overLimit(ask.use(), ask.span());
    if (limit != null) {
      boolean use = isOver(ask.use(), longestUse);
      return new GrantRuling(use ? GrantDemand.USE : GrantDemand.SPAN, limit);
    }
    if (!ask.fields().containsAll(fields.value())) {
      return new GrantRuling(GrantDemand.FIELDS, fields.is(Effect.BLOCK));
    }
    GrantRuling who = approved ? whoRefuses(ask, capability, approver) : null;
    if (who != null) {
      return who;
    }
    boolean plain = capability == GrantCapability.EXPORT_PLAIN;
    return !ask.attendant() && (plain || attendant.value().contains(capability))
        ? new GrantRuling(GrantDemand.ATTENDANT, attendant.is(Effect.BLOCK))
        : whatRefuses(ask, capability, request);
  }

  private @Nullable GrantRuling whoRefuses(
      GrantAsk ask, GrantCapability capability, Decision approver) {
    Set<String> persons = new HashSet<>(ask.approvers());
    persons.remove(ask.applicant());
    boolean all =
        persons.size() == ask.approvers().size()
            && !persons.isEmpty()
            && persons.stream().allMatch(one -> approvers.contains(ask.organ() + "/" + one));
    if (!all) {
      return new GrantRuling(GrantDemand.APPROVER, approver);
    }
    return persons.size() < 2 && needsSecond(capability)
        ? new GrantRuling(GrantDemand.SECOND_APPROVER, second.is(Effect.BLOCK))
        : null;
  }

  private @Nullable GrantRuling whatRefuses(
      GrantAsk ask, GrantCapability capability, Decision request) {
    return switch (capability) {
      case USB_READ ->
          ask.medium() == null
              ? new GrantRuling(GrantDemand.CAPABILITY, request)
              : mediumRefuses(ask);
      case USB_EXPORT_ENCRYPTED, EXPORT_PLAIN -> {
        GrantRuling medium = mediumRefuses(ask);
        yield medium == null ? leavingRefuses(ask) : medium;
      }
      case MEDIA_IMPORT -> amountRefuses(ask);
      case CLIPBOARD -> dataRefuses(ask);
    };
  }

  private @Nullable GrantRuling mediumRefuses(GrantAsk ask) {
    return ask.medium() != null && !permitsMedium(ask.medium())
        ? new GrantRuling(GrantDemand.MEDIUM, media.is(Effect.BLOCK))
        : null;
  }

  private @Nullable GrantRuling leavingRefuses(GrantAsk ask) {
    return ask.recipient() == null || !recipients.value().contains(ask.recipient())
        ? new GrantRuling(GrantDemand.RECIPIENT, recipients.is(Effect.BLOCK))
        : amountRefuses(ask);
  }

  private @Nullable GrantRuling amountRefuses(GrantAsk ask) {
    return ask.files() < 1 || ask.files() > mostFiles.value()
        ? new GrantRuling(GrantDemand.FILES, mostFiles.is(Effect.BLOCK))
        : dataRefuses(ask);
  }

  private @Nullable GrantRuling dataRefuses(GrantAsk ask) {
    return ask.data().compareTo(mostData.value()) > 0
        ? new GrantRuling(GrantDemand.DATA, mostData.is(Effect.BLOCK))
        : null;
  }
}
