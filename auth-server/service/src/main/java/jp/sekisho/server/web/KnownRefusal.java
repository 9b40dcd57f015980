package jp.sekisho.server.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalText;

/**
 * A refusal whose words stand in the page, because the page meets it as a bare code: a problem of
 * terminal or medium in the agent's status, an answer that never came, or something that the page
 * itself sees before it asks for a card.
 *
 * @param code stable code
 * @param text words, with {@code {tries}} and {@code {reader}} left for the page to fill
 */
public record KnownRefusal(String code, RefusalText text) {
  private static final List<Refusal> BARE =
      List.of(
          Refusal.NO_READER,
          Refusal.NO_CARD,
          Refusal.UNKNOWN_CARD,
          Refusal.CARD_REMOVED,
          Refusal.CARD_BUSY,
          Refusal.CARD_FAILED,
          Refusal.CARD_SERVICE_DOWN,
          Refusal.PIN_LAST_TRY,
          Refusal.PIN_BLOCKED,
          Refusal.PROMPT_UNAVAILABLE,
          Refusal.READER_FOR_RESIDENTS,
          Refusal.CERT_EXPIRED,
          Refusal.CERT_REVOKED,
          Refusal.CERT_UNTRUSTED,
          Refusal.CERT_USAGE,
          Refusal.REVOCATION_UNKNOWN,
          Refusal.CARD_KIND_POLICY,
          Refusal.PEER_FOREIGN,
          Refusal.TERMINAL_PENDING,
          Refusal.TERMINAL_REVOKED,
          Refusal.DEVICE_CERT_EXPIRED,
          Refusal.USB_STORAGE,
          Refusal.USB_DRIVER,
          Refusal.MEDIUM_OTHER,
          Refusal.MEDIUM_TWICE,
          Refusal.MEDIUM_ABSENT,
          Refusal.MEDIUM_CHANGED,
          Refusal.MEDIUM_UNUSABLE,
          Refusal.MEDIUM_FILE_SYSTEM,
          Refusal.MEDIUM_NOT_OPENED,
          Refusal.GRANT_OTHER_CARD,
          Refusal.GRANT_NO_SESSION,
          Refusal.GRANT_EARLY,
          Refusal.GRANT_OVER,
          Refusal.GRANT_INVALID,
          Refusal.POLICY_MISSING,
          Refusal.POLICY_EXPIRED,
          Refusal.NOT_ENFORCING,
          Refusal.CLOCK_DOUBTFUL,
          Refusal.STORAGE_FAILED,
          Refusal.RECORDS_FULL,
          Refusal.PASSKEY_CANCELLED,
          Refusal.PASSKEY_INVALID,
          Refusal.PASSKEY_TAKEN,
          Refusal.BREACH_INCOMPLETE,
          Refusal.BREACH_UNREPORTED,
          Refusal.SERVER_UNREACHABLE,
          Refusal.AGENT_UNREACHABLE,
          Refusal.INTERNAL);

  /** All of them in the language of {@code words}. */
  static List<KnownRefusal> all(Words words, String helpLine) {
    Map<String, String> values = Map.of("tries", "{tries}", "reader", "{reader}", "help", helpLine);
    List<KnownRefusal> known = new ArrayList<>();
    for (Refusal refusal : BARE) {
      known.add(new KnownRefusal(refusal.name(), RefusalText.of(refusal, words.locale(), values)));
    }
    return known;
  }
}
