package jp.sekisho.policy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.grant.GrantCapability;
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
    if (use.isNegative() || use.isZero() || use.compareTo(longestUse.value()) > 0) {
      return longestUse.is(Effect.BLOCK);
    }
    return span.isNegative() || span.isZero() || span.compareTo(longestSpan.value()) > 0
        ? longestSpan.is(Effect.BLOCK)
        : null;
  }

  /** The decision that refuses {@code ask}; null for none. */
  @Nullable Decision refuses(
      GrantAsk ask, GrantCapability capability, Decision approver, Decision request) {
    Decision limit = overLimit(ask.use(), ask.span());
    if (limit != null) {
      return limit;
    }
    if (!ask.fields().containsAll(fields.value())) {
      return fields.is(Effect.BLOCK);
    }
    Decision who = whoRefuses(ask, capability, approver);
    return who == null ? whatRefuses(ask, capability, request) : who;
  }

  private @Nullable Decision whoRefuses(
      GrantAsk ask, GrantCapability capability, Decision approver) {
    Set<String> persons = new HashSet<>(ask.approvers());
    persons.remove(ask.applicant());
    if (persons.size() != ask.approvers().size() || persons.isEmpty()) {
      return approver;
    }
    for (String person : persons) {
      if (!approvers.contains(ask.organ() + "/" + person)) {
        return approver;
      }
    }
    boolean plain = capability == GrantCapability.EXPORT_PLAIN;
    if (persons.size() < 2 && (plain || second.value().contains(capability))) {
      return second.is(Effect.BLOCK);
    }
    return !ask.attendant() && (plain || attendant.value().contains(capability))
        ? attendant.is(Effect.BLOCK)
        : null;
  }

  private @Nullable Decision whatRefuses(
      GrantAsk ask, GrantCapability capability, Decision request) {
    if (capability == GrantCapability.USB_READ) {
      if (ask.medium() == null) {
        return request;
      }
      return permitsMedium(ask.medium()) ? null : media.is(Effect.BLOCK);
    }
    if (!ask.isExport()) {
      return null;
    }
    if (ask.medium() != null && !permitsMedium(ask.medium())) {
      return media.is(Effect.BLOCK);
    }
    if (ask.recipient() == null || !recipients.value().contains(ask.recipient())) {
      return recipients.is(Effect.BLOCK);
    }
    if (ask.files() < 1 || ask.files() > mostFiles.value()) {
      return mostFiles.is(Effect.BLOCK);
    }
    return ask.data().compareTo(mostData.value()) > 0 ? mostData.is(Effect.BLOCK) : null;
  }
}
