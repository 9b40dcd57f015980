package jp.sekisho.server.webauthn;

/**
 * A passkey's answer as it came; nothing of it is believed.
 *
 * @param credentialId which passkey it says it is
 * @param authenticatorData 37 bytes: RP ID hash, flags, counter
 * @param clientDataJson what the browser says
 * @param userHandle whose the authenticator says it is
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after reading; identity is not asked for
public record Assertion(
    byte[] credentialId,
    byte[] authenticatorData,
    byte[] clientDataJson,
    byte[] signature,
    byte[] userHandle) {
  @Override
  public String toString() {
    return "Assertion[***]";
  }
}
