package jp.sekisho.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jp.sekisho.policy.calendar.CalendarSettings;
import jp.sekisho.policy.calendar.Hours;
import jp.sekisho.policy.calendar.OpeningHours;
import jp.sekisho.policy.clipboard.ClipboardCopy;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.ClipboardSettings;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.clipboard.NumberRule;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantDemand;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.media.MediaAccess;
import jp.sekisho.policy.media.MediaKind;
import jp.sekisho.policy.media.MediaSettings;
import jp.sekisho.policy.media.NetworkKind;
import jp.sekisho.policy.media.WifiAccess;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.UsbDevice;
import jp.sekisho.policy.usb.UsbEvaluator;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.policy.usb.UsbSurroundings;
import jp.sekisho.policy.usb.UsbVerdict;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * Decides by one policy: total, deterministic, without clock or I/O. Immutable and thread-safe.
 *
 * <p>What is not known is decided as the stricter case: a clock that is doubtful, a program without
 * a name, a format nobody recognised, a setting that no layer sets. Of two policies one of which is
 * stricter in every setting, that one permits nothing the other does not.
 */
public final class PolicyEvaluator {
  /** No offline login later than so many calendar days after the last contact. */
  public static final int OFFLINE_CALENDAR_DAYS = 10;

  private static final Decision ONE_FACTOR = BuiltIn.decision(BuiltIn.TWO_FACTORS, Effect.BLOCK);
  private static final Decision OFFLINE = BuiltIn.decision(BuiltIn.OFFLINE, Effect.BLOCK);
  private static final Decision UNKNOWN = BuiltIn.decision(BuiltIn.UNSET, Effect.BLOCK);
  private static final Decision WIRED = BuiltIn.decision(BuiltIn.UNSET, Effect.ALLOW);
  private static final Decision REQUEST = BuiltIn.decision(BuiltIn.REQUEST, Effect.BLOCK);
  private static final Decision APPROVER = BuiltIn.decision(BuiltIn.APPROVER, Effect.BLOCK);
  private static final Decision OTHER_GRANT = BuiltIn.decision(BuiltIn.GRANT, Effect.GRANT_ONLY);

  private final UsbEvaluator usb;
  private final Map<String, Decision> usbDecisions = new HashMap<>();
  private final RuledSetting<List<String>> media;
  private final RuledSetting<ClipboardMode> clipboard;
  private final RuledSetting<List<String>> programs;
  private final Set<String> programNames;
  private final RuledSetting<List<CopyFormat>> formats;
  private final RuledSetting<DataSize> largest;
  private final RuledSetting<NumberRule> number;
  private final RuledSetting<Score> numberScore;
  private final RuledSetting<List<LoginFactors>> factors;
  private final RuledSetting<List<CardKind>> cardKinds;
  private final Set<CardKind> cards;
  private final RuledSetting<AddressMatch> addressMatch;
  private final RuledSetting<Integer> offlineDays;
  private final RuledSetting<Duration> offlinePower;
  private final RuledSetting<Integer> offlineBoots;
  private final RuledSetting<Duration> offlineKnown;
  private final OpeningHours openingHours;
  private final RuledSetting<Hours> hours;
  private final RuledSetting<WifiAccess> wifi;
  private final Decision otherNetworks;
  private final Map<MediaKind, RuledSetting<MediaAccess>> kinds = new HashMap<>();
  private final RuledSetting<List<GrantCapability>> capabilities;
  private final GrantRequestRules requests;

  private PolicyEvaluator(Policy policy) {
    SettingValues values = policy.values();
    this.usb = UsbEvaluator.by(policy.usb());
    usbRule(policy.usb().storage(), Effect.BLOCK);
    usbRule(policy.usb().unlisted(), Effect.BLOCK);
    usbRule(policy.usb().enrolled(), Effect.ALLOW);
    this.media = new RuledSetting<>(UsbSettings.MEDIA, values);
    this.clipboard = new RuledSetting<>(ClipboardSettings.MODE, values);
    this.programs = new RuledSetting<>(ClipboardSettings.PROGRAMS, values);
    this.programNames = Set.copyOf(programs.value());
    this.formats = new RuledSetting<>(ClipboardSettings.FORMATS, values);
    this.largest = new RuledSetting<>(ClipboardSettings.LARGEST, values);
    this.number = new RuledSetting<>(ClipboardSettings.NUMBER, values);
    this.numberScore = new RuledSetting<>(ClipboardSettings.NUMBER_SCORE, values);
    this.factors = new RuledSetting<>(LoginSettings.FACTORS, values);
    this.cardKinds = new RuledSetting<>(LoginSettings.CARD_KINDS, values);
    this.cards = policy.cardKinds();
    this.addressMatch = new RuledSetting<>(LoginSettings.ADDRESS_MATCH, values);
    this.offlineDays = new RuledSetting<>(LoginSettings.OFFLINE_DAYS, values);
    this.offlinePower = new RuledSetting<>(LoginSettings.OFFLINE_POWER, values);
    this.offlineBoots = new RuledSetting<>(LoginSettings.OFFLINE_BOOTS, values);
    this.offlineKnown = new RuledSetting<>(LoginSettings.OFFLINE_KNOWN, values);
    this.openingHours = OpeningHours.by(values);
    this.hours = new RuledSetting<>(CalendarSettings.HOURS, values);
    this.wifi = new RuledSetting<>(MediaSettings.WIFI, values);
    this.otherNetworks = new RuledSetting<>(MediaSettings.OTHER, values).is(Effect.BLOCK);
    for (MediaKind kind : MediaKind.values()) {
      kinds.put(kind, new RuledSetting<>(MediaSettings.about(kind), values));
    }
    this.capabilities = new RuledSetting<>(GrantSettings.CAPABILITIES, values);
    this.requests = new GrantRequestRules(values);
  }

  /** Decides by {@code policy}. */
  public static PolicyEvaluator by(Policy policy) {
    return new PolicyEvaluator(policy);
  }

  private void usbRule(Rule<?> rule, Effect effect) {
    usbDecisions.put(rule.id(), Decision.by(rule, effect));
  }

  /**
   * What is done with a USB device.
   *
   * @param grant the grant that is active at this terminal; null without one
   */
  public Decision usb(UsbDevice device, UsbSurroundings around, @Nullable GrantInUse grant) {
    UsbVerdict verdict = usb.decide(device, around);
    Effect effect = verdict.allowed() ? Effect.ALLOW : Effect.BLOCK;
    Decision known = usbDecisions.get(verdict.rule());
    Decision decision =
        known == null || known.effect() != effect
            ? BuiltIn.decision(verdict.rule(), effect)
            : known;
    if (!verdict.medium() || !capabilities.value().contains(GrantCapability.USB_READ)) {
      return decision;
    }
    if (media.value().isEmpty()) {
      return media.is(Effect.BLOCK);
    }
    return grant == null
        ? decision.with(Effect.GRANT_ONLY)
        : opened(device.fingerprint(), grant, decision);
  }

  private Decision opened(String fingerprint, GrantInUse use, Decision storage) {
    if (!isOf(use, ExportGrant.Capability.USB_READ)
        || !fingerprint.equals(use.grant().fingerprint())) {
      return OTHER_GRANT;
    }
    if (!requests.permitsMedium(fingerprint)) {
      return media.is(Effect.GRANT_ONLY);
    }
    return within(use.grant(), storage.with(Effect.READ_ONLY));
  }

  /** Whether a grant is for that, for who is there, for here and for now. */
  private static boolean isOf(GrantInUse use, ExportGrant.Capability capability) {
    ExportGrant grant = use.grant();
    Instant at = use.at();
    return at != null
        && grant.capability() == capability
        && grant.person().equals(use.person())
        && grant.terminal().equals(use.terminal())
        && !at.isBefore(grant.start())
        && at.isBefore(grant.end());
  }

  /** What a grant opens, if it is no longer than any may be. */
  private Decision within(ExportGrant grant, Decision opened) {
    Decision limit =
        requests.overLimit(
            Duration.ofMinutes(grant.minutes()), Duration.between(grant.start(), grant.end()));
    return limit == null ? opened : limit.with(Effect.GRANT_ONLY);
  }

  /** What is done with something copied. */
  public Decision clipboard(ClipboardCopy copy) {
    switch (clipboard.value()) {
      case BLOCK -> {
        return clipboard.is(Effect.BLOCK);
      }
      case ALLOW -> {
        return clipboard.is(Effect.ALLOW);
      }
      case AUDIT, GUARD -> {
        if (programNames.contains(copy.from()) && programNames.contains(copy.to())) {
          return programs.is(Effect.ALLOW);
        }
      }
    }
    return clipboard.value() == ClipboardMode.AUDIT
        ? clipboard.is(Effect.AUDIT)
        : overBoundary(copy);
  }

  /**
   * What is done with something copied while a grant is in use; how much of it is used up already
   * is not looked at.
   *
   * @param use null without one
   */
  public Decision clipboard(ClipboardCopy copy, @Nullable GrantInUse use) {
    Decision decision = clipboard(copy);
    if (decision.effect() != Effect.BLOCK || use == null) {
      return decision;
    }
    ExportGrant.Amount most = use.grant().amount();
    if (!isOf(use, ExportGrant.Capability.CLIPBOARD)
        || !capabilities.value().contains(GrantCapability.CLIPBOARD)
        || most == null
        || copy.size().compareTo(new DataSize(most.bytes())) > 0) {
      return OTHER_GRANT;
    }
    return stopsNumber(copy)
        ? number.is(Effect.BLOCK)
        : within(use.grant(), decision.with(Effect.ALLOW));
  }

  /** Whether a possible 個人番号 keeps it from going over a boundary, under a grant too. */
  public boolean stopsNumber(ClipboardCopy copy) {
    return clipboard.value() == ClipboardMode.GUARD
        && number.value() == NumberRule.BLOCK
        && holdsNumber(copy);
  }

  private boolean holdsNumber(ClipboardCopy copy) {
    // What could not be searched may hold anything.
    Score found = copy.scanned() ? copy.number() : Score.HIGH;
    return found != null && found.compareTo(numberScore.value()) >= 0;
  }

  private Decision overBoundary(ClipboardCopy copy) {
    if (copy.formats().isEmpty() || !formats.value().containsAll(copy.formats())) {
      return formats.is(Effect.BLOCK);
    }
    if (copy.size().compareTo(largest.value()) > 0) {
      return largest.is(Effect.BLOCK);
    }
    if (holdsNumber(copy)) {
      return switch (number.value()) {
        case BLOCK -> number.is(Effect.BLOCK);
        case WARN -> number.is(Effect.WARN);
        case LOG -> number.is(Effect.AUDIT);
      };
    }
    // A possible number below the threshold is still worth a mark.
    return clipboard.is(Effect.AUDIT);
  }

  /** Whether somebody with these proofs may log in, and whether it is marked. */
  public Decision login(LoginAttempt attempt) {
    if (attempt.factors() == null) {
      return ONE_FACTOR;
    }
    if (!factors.value().contains(attempt.factors())) {
      return factors.is(Effect.BLOCK);
    }
    if (attempt.factors() == LoginFactors.CARD_PIN
        && (attempt.card() == null || !cards.contains(attempt.card()))) {
      return cardKinds.is(Effect.BLOCK);
    }
    if (!attempt.sameAddress() && addressMatch.value() == AddressMatch.REQUIRE) {
      return addressMatch.is(Effect.BLOCK);
    }
    if (attempt.offline() != null) {
      Decision offline = offline(attempt, attempt.offline());
      if (offline != null) {
        return offline;
      }
    }
    if (attempt.at() == null || !openingHours.isOpen(attempt.at())) {
      return hours.is(Effect.AUDIT);
    }
    return attempt.sameAddress() && attempt.offline() == null
        ? factors.is(Effect.ALLOW)
        : (attempt.offline() == null ? addressMatch : offlineDays).is(Effect.AUDIT);
  }

  /**
   * What is decided about a login while the signed policy, or a layer of it, is over: what is
   * strictest in any policy that lets somebody in.
   */
  public static Decision lapsed(LoginAttempt attempt) {
    boolean strictest =
        attempt.factors() == LoginFactors.CARD_PIN
            && attempt.card() == CardKind.STAFF_PIV
            && attempt.sameAddress()
            && attempt.offline() == null;
    return BuiltIn.decision(BuiltIn.LAPSED, strictest ? Effect.AUDIT : Effect.BLOCK);
  }

  /** Why there is no login without the service; null if there is. */
  private @Nullable Decision offline(LoginAttempt attempt, LoginAttempt.Offline since) {
    LocalDateTime at = attempt.at();
    if (at == null || attempt.factors() != LoginFactors.CARD_PIN) {
      return OFFLINE;
    }
    LocalDate today = at.toLocalDate();
    int most = offlineDays.value();
    if (most == 0
        || openingHours.openingDays(since.lastContact(), today, most + 1) > most
        || today.isAfter(since.lastContact().plusDays(OFFLINE_CALENDAR_DAYS))) {
      return offlineDays.is(Effect.BLOCK);
    }
    if (since.poweredOn().isNegative() || since.poweredOn().compareTo(offlinePower.value()) > 0) {
      return offlinePower.is(Effect.BLOCK);
    }
    if (since.boots() < 0 || since.boots() > offlineBoots.value()) {
      return offlineBoots.is(Effect.BLOCK);
    }
    if (today.isBefore(since.lastOnlineLogin())
        || today.isAfter(since.lastOnlineLogin().plusDays(offlineKnown.value().toDays()))) {
      return offlineKnown.is(Effect.BLOCK);
    }
    return null;
  }

  /** What is done with a medium that does not come by USB; null for an unknown one. */
  public Decision media(@Nullable MediaKind kind) {
    RuledSetting<MediaAccess> access = kind == null ? null : kinds.get(kind);
    if (access == null) {
      return UNKNOWN;
    }
    if (access.value() == MediaAccess.BLOCK) {
      return access.is(Effect.BLOCK);
    }
    return capabilities.value().contains(GrantCapability.MEDIA_IMPORT)
        ? access.is(Effect.GRANT_ONLY)
        : capabilities.is(Effect.BLOCK);
  }

  /** What is done with a way into a network; null for an unknown one. */
  public Decision network(@Nullable NetworkKind kind) {
    if (kind == null) {
      return UNKNOWN;
    }
    return switch (kind) {
      case WIRED -> WIRED;
      case WIFI -> wifi.is(wifi.value() == WifiAccess.BLOCK ? Effect.BLOCK : Effect.ALLOW);
      case OTHER -> otherNetworks;
    };
  }

  /** Whether a request may be granted as it stands: {@code ALLOW} or {@code BLOCK}. */
  public Decision grant(GrantAsk ask) {
    return granted(ask).decision();
  }

  /** As {@link #grant}, and by which of the demands. */
  public GrantRuling granted(GrantAsk ask) {
    return ruling(ask, true);
  }

  /** Whether it may be asked for: all but who approves it, which nobody has yet. */
  public GrantRuling requested(GrantAsk ask) {
    return ruling(ask, false);
  }

  /** Whether two persons have to approve this; {@code export-plain} always. */
  public boolean needsTwo(GrantCapability capability) {
    return requests.needsSecond(capability);
  }

  private GrantRuling ruling(GrantAsk ask, boolean approved) {
    GrantCapability capability = ask.capability();
    if (capability == null) {
      return new GrantRuling(GrantDemand.CAPABILITY, REQUEST);
    }
    if (!capabilities.value().contains(capability)) {
      return new GrantRuling(GrantDemand.CAPABILITY, capabilities.is(Effect.BLOCK));
    }
    GrantRuling refused = requests.refuses(ask, capability, APPROVER, REQUEST, approved);
    return refused == null
        ? new GrantRuling(GrantDemand.CAPABILITY, capabilities.is(Effect.ALLOW))
        : refused;
  }
}
