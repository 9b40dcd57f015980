package jp.sekisho.protocol;

import java.util.List;

/**
 * Who answered, durable in the log before this leaves: the answer to {@link RelyingAnswer}.
 *
 * @param realm as asked; the relying service compares it
 * @param session as asked; the relying service compares it
 * @param transaction the transaction answered; the relying service compares it
 * @param person staff number
 * @param organ the person's 機関
 * @param terminal terminal whose reader held the card, or that vouched for the passkey's question
 * @param acr {@link #CARD}, {@link #PASSKEY}, or either of low assurance
 * @param amr authentication methods after RFC 8176
 * @param at when, milliseconds UTC by the service's clock: an end of this session that it tells
 *     concerns this proof if it is later, and an earlier proof's otherwise
 */
public record RelyingProof(
    String realm,
    String session,
    String transaction,
    String person,
    String organ,
    String terminal,
    String acr,
    List<String> amr,
    long at) {
  /** Card and PIN, the card's key proved hardware- and PIN-bound. */
  public static final String CARD = "urn:sekisho:acr:card";

  /** Card and PIN of a card that is 低保証. */
  public static final String CARD_LOW = "urn:sekisho:acr:card-low";

  /** A passkey whose holder was verified, at a terminal of ours. */
  public static final String PASSKEY = "urn:sekisho:acr:passkey";

  /** A passkey that is 低保証. */
  public static final String PASSKEY_LOW = "urn:sekisho:acr:passkey-low";

  /** A key in hardware and its holder's PIN or finger. */
  public static final List<String> BY_PASSKEY = List.of("hwk", "user");

  /** Card and PIN. */
  public static final List<String> CARD_AND_PIN = List.of("sc", "pin");

  public RelyingProof {
    amr = List.copyOf(amr);
  }
}
