package jp.sekisho.policy.source;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jp.sekisho.policy.clipboard.ClipboardCopy;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.media.MediaKind;
import jp.sekisho.policy.media.NetworkKind;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.policy.number.NumberFindings;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.usb.UsbDevice;
import jp.sekisho.policy.usb.UsbSurroundings;
import jp.sekisho.protocol.CardKind;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Turns a case's JSON, which its schema checked, into its question. */
final class CaseQuestions {
  /** The members that ask something; each case has one of them. */
  static final List<String> KINDS =
      List.of("usb", "clipboard", "login", "media", "network", "grant");

  /** What a login may rest on: {@code one} is a single factor. */
  static final List<String> FACTORS = List.of("card-pin", "passkey", "one");

  private CaseQuestions() {}

  /** The question of {@code one}. */
  static Question of(JsonNode one) {
    if (one.has("usb")) {
      return usb(one.path("usb"));
    }
    if (one.has("clipboard")) {
      ClipboardCopy copy = clipboard(one.path("clipboard"));
      return policy -> policy.clipboard(copy);
    }
    if (one.has("login")) {
      LocalDateTime at = one.has("at") ? LocalDateTime.parse(one.path("at").asString()) : null;
      LoginAttempt attempt = login(one.path("login"), at);
      return policy -> policy.login(attempt);
    }
    if (one.has("media")) {
      MediaKind kind = word(MediaKind.class, one.path("media").asString());
      return policy -> policy.media(kind);
    }
    if (one.has("network")) {
      NetworkKind kind = word(NetworkKind.class, one.path("network").asString());
      return policy -> policy.network(kind);
    }
    GrantAsk ask = grant(one.path("grant"), one.path("person").asString("S-0000"));
    return policy -> policy.grant(ask);
  }

  private static Question usb(JsonNode usb) {
    UsbDevice device =
        DescribedDevice.of(
            texts(usb.path("classes")),
            usb.path("vendor").asString("0000"),
            usb.path("product").asString("0000"),
            text(usb, "serial"));
    UsbSurroundings around =
        new UsbSurroundings(
            usb.path("system-disk").asBoolean(false),
            false,
            usb.path("further-keyboard").asBoolean(false));
    return policy -> policy.usb(device, around, null);
  }

  private static ClipboardCopy clipboard(JsonNode json) {
    String text = json.path("text").asString("");
    List<CopyFormat> formats = new ArrayList<>();
    texts(json.path("formats")).forEach(one -> formats.add(word(CopyFormat.class, one)));
    if (!json.has("formats")) {
      formats.add(CopyFormat.TEXT);
    }
    DataSize size =
        new DataSize(
            json.has("size")
                ? LayerCompiler.size(json.path("size").asString())
                : 2L * text.length());
    return new ClipboardCopy(
        json.path("from").asString(""),
        json.path("to").asString(""),
        formats,
        size,
        json.has("text"),
        highest(NumberDetector.scan(text)));
  }

  /** The highest score of what was found; null for nothing. */
  static @Nullable Score highest(NumberFindings findings) {
    if (findings.count(Score.HIGH) > 0) {
      return Score.HIGH;
    }
    return findings.count(Score.LOW) > 0 ? Score.LOW : null;
  }

  private static LoginAttempt login(JsonNode json, @Nullable LocalDateTime at) {
    JsonNode offline = json.path("offline");
    String factors = json.path("factors").asString();
    return attempt(
        factors,
        !json.path("elsewhere").asBoolean(false),
        at,
        offline.isMissingNode()
            ? null
            : new LoginAttempt.Offline(
                LocalDate.parse(offline.path("contact").asString()),
                LocalDate.parse(offline.path("known").asString()),
                LayerCompiler.duration(offline.path("powered").asString()),
                offline.path("boots").asInt()));
  }

  /** A login by one of {@link #FACTORS}. */
  static LoginAttempt attempt(
      String factors,
      boolean sameAddress,
      @Nullable LocalDateTime at,
      LoginAttempt.@Nullable Offline offline) {
    LoginFactors pair =
        switch (factors) {
          case "card-pin" -> LoginFactors.CARD_PIN;
          case "passkey" -> LoginFactors.PASSKEY;
          case "one" -> null;
          default -> throw new IllegalArgumentException("no factors: " + factors);
        };
    CardKind card = pair == LoginFactors.CARD_PIN ? CardKind.STAFF_PIV : null;
    return new LoginAttempt(pair, card, sameAddress, at, offline);
  }

  private static GrantAsk grant(JsonNode json, String applicant) {
    List<GrantField> fields = new ArrayList<>();
    texts(json.path("fields")).forEach(one -> fields.add(word(GrantField.class, one)));
    return new GrantAsk(
        word(GrantCapability.class, json.path("capability").asString()),
        json.path("organ").asString(),
        applicant,
        texts(json.path("approvers")),
        json.path("attendant").asBoolean(false),
        fields,
        text(json, "recipient"),
        text(json, "medium"),
        Duration.ofMinutes(json.path("minutes").asInt()),
        Duration.ofDays(json.path("days").asInt()),
        json.path("files").asInt(1),
        new DataSize(LayerCompiler.size(json.path("data").asString("0B"))));
  }

  private static @Nullable String text(JsonNode json, String name) {
    return json.has(name) ? json.path(name).asString() : null;
  }

  private static List<String> texts(JsonNode json) {
    List<String> texts = new ArrayList<>();
    json.forEach(item -> texts.add(item.asString()));
    return texts;
  }

  /** The constant that policies write as {@code text}. */
  static <E extends Enum<E>> E word(Class<E> type, String text) {
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
