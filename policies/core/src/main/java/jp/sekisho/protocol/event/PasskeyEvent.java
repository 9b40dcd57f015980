package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** The life of passkeys (WebAuthn); the entry's {@code person} is the holder. */
public sealed interface PasskeyEvent extends AuditEvent {

  /**
   * A person registered a passkey.
   *
   * @param spki base64url SHA-256 of its public key
   * @param aaguid the authenticator's model, as a UUID
   * @param attestation {@code verified}, or {@code none} in a trial
   * @param assurance {@code normal}, or {@code low} (低保証)
   */
  record Registered(String spki, String aaguid, String attestation, String assurance)
      implements PasskeyEvent {
    @Override
    public String type() {
      return "passkey.registered";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of(
          "spki", spki, "aaguid", aaguid, "attestation", attestation, "assurance", assurance);
    }
  }

  /** A registration or removal was refused; nothing changed. */
  record Refused(Refusal reason) implements PasskeyEvent {
    @Override
    public String type() {
      return "passkey.refused";
    }
  }

  /** A person saw, after a login, that this passkey had been registered. */
  record Seen(String spki) implements PasskeyEvent {
    @Override
    public String type() {
      return "passkey.seen";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }

  /** A passkey was suspended at the console, together with its holder's cards. */
  record Suspended(String spki) implements PasskeyEvent {
    @Override
    public String type() {
      return "passkey.suspended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }

  /**
   * A passkey was removed, by its holder or, in an entry without a session, at the console; it
   * never counts again.
   */
  record Removed(String spki) implements PasskeyEvent {
    @Override
    public String type() {
      return "passkey.removed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }

  /** An administrator lifted a passkey's suspension. */
  record Resumed(String spki) implements PasskeyEvent {
    @Override
    public String type() {
      return "passkey.resumed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }

  /**
   * Alarm: a passkey's counter went back, so there are two of it, or its authenticator was reset.
   * It is suspended from here on.
   *
   * @param kept the highest counter seen
   * @param shown the counter of the refused answer
   */
  record CounterWentBack(String spki, long kept, long shown) implements PasskeyEvent {
    @Override
    public String type() {
      return "passkey.counter-went-back";
    }

    @Override
    public Refusal reason() {
      return Refusal.PASSKEY_COUNTER;
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki, "kept", kept, "shown", shown);
    }
  }
}
