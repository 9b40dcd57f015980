package jp.sekisho.protocol.event;

import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.Purpose;
import org.jspecify.annotations.Nullable;

/** Logins and unlocks, as the service judged them. */
public sealed interface LoginEvent extends AuditEvent {

  /**
   * A person proved card and PIN, or a passkey with user verification.
   *
   * @param transaction the transaction answered
   * @param purpose login, unlock …
   * @param statement base64url SHA-256 of what was signed: the card statement's bytes, or a
   *     passkey's authenticator data and the hash of its client data
   * @param signature base64url of the signature
   * @param spki base64url SHA-256 of the authenticator's public key
   * @param sameAddress whether browser and terminal came from one address
   * @param authenticator text of a {@link jp.sekisho.protocol.CardKind}, or {@value #PASSKEY}
   * @param assurance {@code normal}, or {@code low} (低保証)
   * @param ruling what the signed policy said; null while none is in force
   */
  record Succeeded(
      String transaction,
      Purpose purpose,
      String statement,
      String signature,
      String spki,
      boolean sameAddress,
      String authenticator,
      String assurance,
      @Nullable Ruling ruling)
      implements LoginEvent {
    /** {@link #authenticator} of a login without a card. */
    public static final String PASSKEY = "passkey";

    /** One without a signed policy. */
    public Succeeded(
        String transaction,
        Purpose purpose,
        String statement,
        String signature,
        String spki,
        boolean sameAddress,
        String authenticator,
        String assurance) {
      this(
          transaction,
          purpose,
          statement,
          signature,
          spki,
          sameAddress,
          authenticator,
          assurance,
          null);
    }

    /** This one, let in by {@code decision}. */
    public Succeeded by(@Nullable Ruling decision) {
      return new Succeeded(
          transaction,
          purpose,
          statement,
          signature,
          spki,
          sameAddress,
          authenticator,
          assurance,
          decision);
    }

    @Override
    public String type() {
      return "login.succeeded";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("transaction", transaction);
      data.put("purpose", purpose.text());
      data.put("statement", statement);
      data.put("signature", signature);
      data.put("spki", spki);
      data.put("sameAddress", sameAddress);
      data.put("authenticator", authenticator);
      data.put("assurance", assurance);
      if (ruling != null) {
        ruling.into(data);
      }
      return data;
    }
  }

  /**
   * An answer to a live transaction of a known terminal was refused.
   *
   * @param ruling the rule that refused it; null unless the reason is {@code LOGIN_POLICY}
   */
  record Refused(String transaction, @Nullable Ruling ruling, Refusal reason)
      implements LoginEvent {
    /** One that no rule of the policy decided. */
    public Refused(String transaction, Refusal reason) {
      this(transaction, null, reason);
    }

    @Override
    public String type() {
      return "login.refused";
    }

    @Override
    public Map<String, Object> data() {
      Map<String, Object> data = new TreeMap<>();
      data.put("transaction", transaction);
      if (ruling != null) {
        ruling.into(data);
      }
      return data;
    }
  }

  /**
   * Refusals that nobody authenticated stands behind, counted per source, reason and minute so that
   * they cannot flood the log.
   *
   * @param source keyed hash of the network address
   * @param minute ISO-8601 of the minute's start
   * @param count how many
   */
  record RefusedAnonymously(String source, String minute, long count, Refusal reason)
      implements LoginEvent {
    @Override
    public String type() {
      return "login.refused-anonymously";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("source", source, "minute", minute, "count", count);
    }
  }

  /**
   * A terminal says that somebody logged in there without the service, whom the service would have
   * refused when the record came: somebody has to look into it.
   *
   * @param login base64url of 16 bytes, the {@code transaction} of the terminal's record
   * @param user staff number as the terminal says
   * @param reason as a login now would be refused
   */
  record OfflineDisputed(String login, String user, Refusal reason) implements LoginEvent {
    @Override
    public String type() {
      return "login.offline-disputed";
    }

    @Override
    public Map<String, Object> data() {
      return Map.of("login", login, "user", user);
    }
  }
}
