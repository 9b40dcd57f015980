package jp.sekisho.server.card;

import java.util.Locale;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;

/**
 * A registered card as its row says.
 *
 * @param spkiHash SHA-256 of the public key's SubjectPublicKeyInfo, 32 bytes
 * @param person staff number of the holder
 * @param kind how it must be spoken to: its key answers under no other kind
 * @param certificateHash SHA-256 of the certificate shown at registration, 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never changed after reading; identity is not asked for
public record Authenticator(
    byte[] spkiHash,
    String person,
    CardKind kind,
    byte[] certificateHash,
    Assurance assurance,
    State state) {
  /** How well the key is known to be bound to hardware and PIN. */
  public enum Assurance {
    /** Proved by the issuing CA's pinned policy. */
    NORMAL,
    /** 低保証: not proved. No offline login, no approver, officer or admin role. */
    LOW;

    /** {@code normal} or {@code low}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it may be used. */
  public enum State {
    ACTIVE,
    /** By an administrator, who may lift it. */
    SUSPENDED,
    /** For good. */
    REVOKED;

    /** As in the database: {@code active}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the log names the card: base64url of the key's hash. */
  public String spki() {
    return Base64Url.encode(spkiHash);
  }

  /** With another certificate over the same key. */
  Authenticator linkedTo(byte[] certificate, Assurance worth) {
    return new Authenticator(spkiHash, person, kind, certificate, worth, state);
  }

  Authenticator in(State next) {
    return new Authenticator(spkiHash, person, kind, certificateHash, assurance, next);
  }

  @Override
  public String toString() {
    return "Authenticator[" + spki() + ", " + state.text() + "]";
  }
}
