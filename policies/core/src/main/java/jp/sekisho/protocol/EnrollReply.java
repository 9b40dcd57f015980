package jp.sekisho.protocol;

import java.util.List;

/**
 * What a terminal gets at enrolment and renewal.
 *
 * @param terminal terminal id
 * @param organ id of its 機関
 * @param state {@code pending} until an administrator confirms the fingerprint, else {@code active}
 * @param certificates base64url DER: the device certificate, then the device CA
 * @param fingerprint {@link Fingerprint} of the device key, shown on both sides
 * @param origins page origins whose transactions the agent may answer
 * @param serverTime ISO-8601 UTC
 * @param helpLine whom a refusal tells people to call
 */
public record EnrollReply(
    String terminal,
    String organ,
    String state,
    List<String> certificates,
    String fingerprint,
    List<String> origins,
    String serverTime,
    String helpLine) {
  public EnrollReply {
    certificates = List.copyOf(certificates);
    origins = List.copyOf(origins);
  }
}
