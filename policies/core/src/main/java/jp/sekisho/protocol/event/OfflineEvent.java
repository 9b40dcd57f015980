package jp.sekisho.protocol.event;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Logins at a terminal that could not reach its service, as the terminal judged them itself; {@code
 * transaction} is that of the text which the card signed.
 */
public sealed interface OfflineEvent extends AgentEvent {

  /** Why an offline login is over. */
  enum Cause {
    /** The card left its reader. */
    CARD_REMOVED,
    /** The seat or the screen went to somebody else, or a passkey answered there. */
    SEAT_LOST,
    /** Another login took its place. */
    REPLACED,
    /** The service answers again: from now on people log in there. */
    ONLINE,
    /** It lasted as long as a session may. */
    LIMIT,
    /** 31 March is over: posts and contracts may be as well. */
    YEAR,
    /** Card or person were revoked, or the terminal was. */
    REVOKED,
    /** The signed policy expired. */
    POLICY_EXPIRED;

    /** The word in the log: {@code card-removed}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * A person proved card and PIN to the terminal; durable before it counts.
   *
   * @param person staff number, by certificate and roster
   * @param text base64url of {@code sekisho/offline-login/v1}, the very bytes that the card signed
   * @param signature base64url of the card's signature over them
   * @param spki base64url of the DER of the card's SubjectPublicKeyInfo
   * @param contact when the service had answered last, by its own clock
   * @param ruling what the signed policy said
   */
  record Succeeded(
      String transaction,
      String person,
      String text,
      String signature,
      String spki,
      String contact,
      Ruling ruling)
      implements OfflineEvent {
    @Override
    public String type() {
      return "offline.succeeded";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("transaction", transaction);
      data.put("person", person);
      data.put("text", text);
      data.put("signature", signature);
      data.put("spki", spki);
      data.put("contact", contact);
      ruling.into(data);
      return data;
    }
  }

  /**
   * One was asked for and did not come to be.
   *
   * @param person staff number; null where card and PIN did not prove it
   * @param triesLeft PIN tries left; null when not known
   * @param ruling the rule that refused it; null unless the signed policy did
   */
  record Refused(
      @Nullable String person, @Nullable Integer triesLeft, @Nullable Ruling ruling, Refusal reason)
      implements OfflineEvent {
    @Override
    public String type() {
      return "offline.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      if (person != null) {
        data.put("person", person);
      }
      if (triesLeft != null) {
        data.put("triesLeft", triesLeft);
      }
      if (ruling != null) {
        ruling.into(data);
      }
      return data;
    }
  }

  /** One is over. That the agent stopped or was killed is said by its own records. */
  record Ended(String transaction, Cause cause) implements OfflineEvent {
    @Override
    public String type() {
      return "offline.ended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("transaction", transaction, "cause", cause.text());
    }
  }
}
