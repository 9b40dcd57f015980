package jp.sekisho.policy.grant;

import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;

/**
 * A person whose card may approve exceptions of one 機関.
 *
 * @param person staff number
 * @param organ id of the 機関 whose exceptions they approve
 * @param spki base64url of the SHA-256 of the card key's SubjectPublicKeyInfo in DER
 */
public record Approver(String person, String organ, String spki) {
  /** Checks every part. */
  public Approver {
    if (!Names.isPerson(person) || !Names.isOrgan(organ)) {
      throw new IllegalArgumentException("approver's person or organ is none");
    }
    try {
      Base64Url.decode(spki, 32);
    } catch (MalformedException e) {
      throw new IllegalArgumentException("approver's spki is not base64url of 32 bytes", e);
    }
  }
}
