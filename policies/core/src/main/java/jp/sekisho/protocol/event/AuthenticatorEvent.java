package jp.sekisho.protocol.event;

import java.util.Map;
import jp.sekisho.protocol.Refusal;

/** The life of cards and other authenticators; the entry's {@code person} is the holder. */
public sealed interface AuthenticatorEvent extends AuditEvent {

  /**
   * A card was registered for a person.
   *
   * @param kind text of a {@link jp.sekisho.protocol.CardKind}
   * @param spki base64url SHA-256 of its public key
   * @param assurance {@code normal}, or {@code low} (低保証) where hardware and PIN binding are not
   *     proved
   */
  record Registered(String kind, String spki, String assurance) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.registered";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("kind", kind, "spki", spki, "assurance", assurance);
    }
  }

  /** A registration was refused; nothing identifies the card. */
  record Refused(Refusal reason) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.refused";
    }
  }

  /** A card was suspended by an administrator; its holder's sessions end. */
  record Suspended(String spki) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.suspended";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }

  /** In a session opened by an older authenticator, its holder confirmed to know of a new card. */
  record Seen(String spki) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.seen";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }

  /** A card will never be used again; its holder's sessions end. */
  record Revoked(String spki) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.revoked";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }

  /**
   * A renewed certificate of a registered card was linked to it; the key is the same.
   *
   * @param assurance what the new certificate is worth
   */
  record Relinked(String spki, String assurance) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.relinked";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki, "assurance", assurance);
    }
  }

  /** An administrator lifted a card's suspension. */
  record Resumed(String spki) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.resumed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }

  /**
   * A further card was asked for by an administrator alone; it counts for nothing before its holder
   * or the holder's 所属長 confirms it.
   *
   * @param by staff number of the administrator
   */
  record Awaits(String spki, String by) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.awaits";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki, "by", by);
    }
  }

  /** A further card that waited will not be registered. */
  record Declined(String spki) implements AuthenticatorEvent {
    @Override
    public String type() {
      return "authenticator.declined";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("spki", spki);
    }
  }
}
