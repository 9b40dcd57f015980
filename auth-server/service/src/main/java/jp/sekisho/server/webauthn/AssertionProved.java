package jp.sekisho.server.webauthn;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.smartcard.verify.SignatureVerifier;

/**
 * An assertion for which every step of WebAuthn Level 3 §7.2 holds that needs no database: it
 * answers this challenge, on our page, by this passkey's key, after its holder was verified. The
 * counter (step 22) is compared where the row can still be written: {@link #counterAdvances}.
 *
 * <p>Registrations are judged by Yubico's library. Here it is the oracle of the tests and not the
 * judge: it takes whatever provider comes first for ECDSA and makes a JSON codec for every answer,
 * which together is more than twice the work (ADR 0014).
 */
public final class AssertionProved {
  private static final int PRESENT = 0x01;
  private static final int VERIFIED = 0x04;
  private static final int BACKUP_ELIGIBLE = 0x08;
  private static final int BACKED_UP = 0x10;
  private static final int ATTESTED = 0x40;
  private static final int EXTENSIONS = 0x80;
  private static final int LENGTH = 37;

  private final Assertion assertion;
  private final long signCount;

  private AssertionProved(Assertion assertion, long signCount) {
    this.assertion = assertion;
    this.signCount = signCount;
  }

  /** The step that does not hold, by its number in WebAuthn Level 3 §7.2. */
  public enum Step {
    /** 6: the user handle is the one of the passkey's holder. */
    USER_HANDLE,
    /** 8–10: the client data is JSON of its form. */
    CLIENT_DATA,
    /** 11: it is of an assertion. */
    TYPE,
    /** 12: it holds our challenge. */
    CHALLENGE,
    /** 13: it was made on our page. */
    ORIGIN,
    /** 14: not within another site's frame. */
    FRAMED,
    /** Of the data's form: 37 bytes, nothing attested, no extension that nobody asked for (20). */
    AUTHENTICATOR_DATA,
    /** 15: the hash is that of our RP ID. */
    RP_ID,
    /** 16: somebody was there. */
    USER_PRESENT,
    /** 17: the holder was verified. */
    USER_VERIFIED,
    /** 18–19: it cannot leave its authenticator. */
    BACKUP,
    /** 21: the signature is the passkey's. */
    SIGNATURE
  }

  /** What the steps come to. */
  public sealed interface Outcome {
    /** They hold. */
    record Proved(AssertionProved proof) implements Outcome {}

    /** The first that does not. */
    record Failed(Step step) implements Outcome {}
  }

  /**
   * Goes through the steps.
   *
   * @param challenge base64url of the bytes that had to be signed
   */
  public static Outcome of(
      Assertion assertion, Passkey passkey, String challenge, RelyingPlace place) {
    if (!MessageDigest.isEqual(assertion.userHandle(), passkey.userHandle())) {
      return new Outcome.Failed(Step.USER_HANDLE);
    }
    Optional<Step> failed = clientData(assertion, challenge, place);
    if (failed.isEmpty()) {
      failed = authenticatorData(assertion.authenticatorData(), place);
    }
    if (failed.isEmpty() && !isSigned(assertion, passkey)) {
      failed = Optional.of(Step.SIGNATURE);
    }
    return failed
        .<Outcome>map(Outcome.Failed::new)
        .orElseGet(() ->
            new Outcome.Proved(
                new AssertionProved(assertion, counter(assertion.authenticatorData()))));
  }

  private static Optional<Step> clientData(
      Assertion assertion, String challenge, RelyingPlace place) {
    ClientData said;
    try {
      said = ClientData.parse(assertion.clientDataJson());
    } catch (MalformedException e) {
      return Optional.of(Step.CLIENT_DATA);
    }
    if (!said.type().equals("webauthn.get")) {
      return Optional.of(Step.TYPE);
    }
    if (!said.challenge().equals(challenge)) {
      return Optional.of(Step.CHALLENGE);
    }
    if (!said.origin().equals(place.origin())) {
      return Optional.of(Step.ORIGIN);
    }
    return said.isFramed() ? Optional.of(Step.FRAMED) : Optional.empty();
  }

  private static Optional<Step> authenticatorData(byte[] data, RelyingPlace place) {
    if (data.length != LENGTH || is(data, ATTESTED) || is(data, EXTENSIONS)) {
      return Optional.of(Step.AUTHENTICATOR_DATA);
    }
    if (!MessageDigest.isEqual(Arrays.copyOf(data, 32), place.rpIdHash())) {
      return Optional.of(Step.RP_ID);
    }
    if (!is(data, PRESENT)) {
      return Optional.of(Step.USER_PRESENT);
    }
    if (!is(data, VERIFIED)) {
      return Optional.of(Step.USER_VERIFIED);
    }
    return is(data, BACKUP_ELIGIBLE) || is(data, BACKED_UP)
        ? Optional.of(Step.BACKUP)
        : Optional.empty();
  }

  private static boolean is(byte[] data, int flag) {
    return (data[32] & flag) != 0;
  }

  private static long counter(byte[] data) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(data, 33, 4).getInt());
  }

  private static boolean isSigned(Assertion assertion, Passkey passkey) {
    Optional<PublicKey> key = SignatureVerifier.encoded(passkey.spki());
    return key.isPresent()
        && SignatureVerifier.verifies(key.get(), signed(assertion), assertion.signature());
  }

  private static byte[] signed(Assertion assertion) {
    byte[] data = assertion.authenticatorData();
    byte[] hash = Sha256.of(assertion.clientDataJson());
    return ByteBuffer.allocate(data.length + hash.length).put(data).put(hash).array();
  }

  /**
   * Step 22: whether the counter went on from what is known of the passkey. An authenticator that
   * counts nothing says 0 each time; once it has counted, 0 is a step back.
   *
   * @param passkey as its row is now
   */
  public boolean counterAdvances(Passkey passkey) {
    return signCount > passkey.signCount() || (signCount == 0 && passkey.signCount() == 0);
  }

  /** The counter of this answer, 0 to 2³² − 1. */
  public long signCount() {
    return signCount;
  }

  /** Which passkey it is of. */
  public byte[] credentialId() {
    return assertion.credentialId();
  }

  /** Base64url of the SHA-256 of what was signed. */
  public String signedHash() {
    return Sha256.text(signed(assertion));
  }

  /** The signature. */
  public byte[] signature() {
    return assertion.signature();
  }
}
