package jp.sekisho.server.webauthn;

import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.NewPasskey;
import jp.sekisho.protocol.PasskeyOptions;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.PasskeyEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.card.Authenticator;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.StepUps.StepUp;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * A person's own passkeys: register, look, remove. Each change is one unit with its entry, and so
 * is each refusal.
 *
 * <p>A registration needs the person's card and PIN for exactly this, at most five minutes before
 * its end, and a passkey is never worth more than that card: 低保証 begets 低保証. A removal needs card
 * or passkey, for exactly that passkey, and ends the person's other sessions. Thread-safe.
 */
public final class PasskeyEnrolment {
  /** Passkeys a person may hold. */
  static final int MOST = 10;

  private static final int LONGEST_LABEL = 40;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Transactions transactions;
  private final Passkeys passkeys;
  private final Authenticators cards;
  private final Sessions sessions;
  private final StepUps stepUps;
  private final Attestation attestation;
  private final RelyingPlace place;
  private final InstantSource clock;
  private final Map<String, Begun> begun = new HashMap<>(); // by session; guarded by itself

  /** A registration that waits for its authenticator. */
  @SuppressWarnings("ArrayRecordComponent") // identity is not asked for
  private record Begun(byte[] challenge, byte[] userHandle, Instant at) {}

  /** What became of a wish. */
  public sealed interface Outcome<T> {
    /** Done, and the log says so. */
    record Done<T>(T value) implements Outcome<T> {}

    /** Refused, and the log says so. */
    record Refused<T>(Refusal reason) implements Outcome<T> {}
  }

  PasskeyEnrolment(
      Transactions transactions,
      Passkeys passkeys,
      Authenticators cards,
      Sessions sessions,
      StepUps stepUps,
      Attestation attestation,
      RelyingPlace place,
      InstantSource clock) {
    this.transactions = transactions;
    this.passkeys = passkeys;
    this.cards = cards;
    this.sessions = sessions;
    this.stepUps = stepUps;
    this.attestation = attestation;
    this.place = place;
    this.clock = clock;
  }

  /** The passkeys of a person that are not removed, oldest first. */
  public List<Passkey> of(String person) {
    return sound(transactions.read(handle -> passkeys.ofPerson(handle, person)));
  }

  private static List<Passkey> sound(List<Passkeys.Found> rows) {
    List<Passkey> sound = new ArrayList<>();
    for (Passkeys.Found found : rows) {
      if (found instanceof Passkeys.Found.Sound(Passkey passkey)
          && passkey.state() != State.REVOKED) {
        sound.add(passkey);
      }
    }
    return sound;
  }

  /** What the page needs to have a passkey made; the card's proof must be there already. */
  public Outcome<PasskeyOptions> begin(Session session) {
    if (proof(session).isEmpty()) {
      return refuse(session, Refusal.STEP_UP_NEEDED);
    }
    List<Passkey> own = of(session.person());
    if (own.size() >= MOST) {
      return refuse(session, Refusal.TOO_MANY);
    }
    byte[] handle = own.isEmpty() ? random() : own.getFirst().userHandle();
    Begun now = new Begun(random(), handle, clock.instant());
    synchronized (begun) {
      begun.values().removeIf(old -> !now.at().isBefore(old.at().plus(StepUps.LIFE)));
      begun.put(session.name(), now);
    }
    return new Outcome.Done<>(
        new PasskeyOptions(
            Base64Url.encode(now.challenge()),
            place.rpId(),
            Base64Url.encode(handle),
            session.person(),
            own.stream().map(passkey -> Base64Url.encode(passkey.credentialId())).toList(),
            Attestation.ALGORITHMS.stream().map(one -> (int) one.getAlg().getId()).toList()));
  }

  /** The card's proof for a registration, while it is young enough. */
  private Optional<StepUp> proof(Session session) {
    return stepUps.find(session.name(), StepUps.REGISTER_PASSKEY).filter(StepUp::card);
  }

  /** Registers what was made; its challenge and its card's proof are used up by that. */
  public Outcome<Passkey> finish(Session session, NewPasskey wish) {
    Begun asked;
    synchronized (begun) {
      asked = begun.remove(session.name());
    }
    Optional<StepUp> proof =
        stepUps.take(session.name(), StepUps.REGISTER_PASSKEY).filter(StepUp::card);
    if (asked == null || proof.isEmpty()) {
      return refuse(session, Refusal.STEP_UP_NEEDED);
    }
    Optional<String> label = label(wish.label());
    Attestation.Made made = made(wish);
    if (label.isEmpty() || made == null) {
      return refuse(session, Refusal.INPUT_MALFORMED);
    }
    if (!NumberDetector.scan(label.get()).individual().isEmpty()) {
      return refuse(session, Refusal.GRANT_CONTENT);
    }
    return switch (attestation.judge(
        made, asked.challenge(), asked.userHandle(), session.person())) {
      case Attestation.Outcome.Fails(Refusal reason) -> refuse(session, reason);
      case Attestation.Outcome.Holds holds -> {
        Assurance assurance =
            holds.proved() && !proof.get().low() ? Assurance.NORMAL : Assurance.LOW;
        yield register(
            session,
            new Passkey(
                made.credentialId(),
                session.person(),
                asked.userHandle(),
                holds.spki(),
                holds.signCount(),
                holds.aaguid(),
                holds.model(),
                assurance,
                State.ACTIVE,
                label.get(),
                clock.instant(),
                null,
                false),
            holds.proved());
      }
    };
  }

  private Outcome<Passkey> register(Session session, Passkey passkey, boolean proved) {
    return transactions.write(change -> {
      if (isOver(session, change)) {
        return refuse(change, session, Refusal.SESSION_ENDED);
      }
      if (!(passkeys.find(change.handle(), passkey.credentialId())
          instanceof Passkeys.Found.Absent)) {
        return refuse(change, session, Refusal.PASSKEY_TAKEN);
      }
      EntryReceipt entry =
          change.record(
              session.subject(),
              new PasskeyEvent.Registered(
                  passkey.id(),
                  passkey.aaguid(),
                  proved ? "verified" : "none",
                  passkey.assurance().text()));
      passkeys.insert(change, entry, passkey);
      return new Outcome.Done<>(passkey);
    });
  }

  /**
   * Removes a passkey of the session's person.
   *
   * @param id as {@link Passkey#id}
   */
  public Outcome<Passkey> remove(Session session, String id) {
    if (stepUps.take(session.name(), StepUps.REMOVE_PASSKEY + id).isEmpty()) {
      return refuse(session, Refusal.STEP_UP_NEEDED);
    }
    return transactions.write(change -> {
      if (isOver(session, change)) {
        return refuse(change, session, Refusal.SESSION_ENDED);
      }
      for (Passkey passkey : soundOf(change, session)) {
        if (passkey.id().equals(id)) {
          EntryReceipt entry = change.record(session.subject(), new PasskeyEvent.Removed(id));
          Passkey removed = passkey.in(State.REVOKED);
          passkeys.update(change, entry, removed);
          sessions.endOthersOfPerson(change, session);
          return new Outcome.Done<>(removed);
        }
      }
      return refuse(change, session, Refusal.PASSKEY_UNKNOWN);
    });
  }

  /**
   * The person confirms the cards and passkeys that were there before this session began; how many.
   * Only an older authenticator confirms a newer one: neither the session that registered one, nor
   * one opened by it, nor one whose authenticator is not known.
   */
  public int seen(Session session) {
    return transactions.write(change -> {
      Optional<Instant> by = opened(change, session);
      int news =
          by.isEmpty()
              ? 0
              : cards
                  .news()
                  .confirm(
                      change, session.subject(), session.person(), session.created(), by.get());
      for (Passkey passkey : sound(passkeys.ofPerson(change.handle(), session.person()))) {
        if (!passkey.seen()
            && passkey.registered().isBefore(session.created())
            && by.filter(at -> at.isBefore(passkey.registered())).isPresent()) {
          EntryReceipt entry =
              change.record(session.subject(), new PasskeyEvent.Seen(passkey.id()));
          passkeys.update(change, entry, passkey.seenByHolder());
          news++;
        }
      }
      if (news == 0) {
        change.unchanged();
      }
      return news;
    });
  }

  /**
   * When the authenticator came that opened the session; a person's first card was always there.
   */
  private Optional<Instant> opened(Change change, Session session) {
    String by = session.authenticator();
    if (by == null) {
      return Optional.empty();
    }
    Optional<Instant> asPasskey =
        sound(passkeys.ofPerson(change.handle(), session.person())).stream()
            .filter(passkey -> passkey.id().equals(by))
            .map(Passkey::registered)
            .findFirst();
    boolean ownCard =
        cards.ofPerson(change.handle(), session.person()).stream()
            .anyMatch(found ->
                found instanceof Authenticators.Found.Sound(Authenticator card)
                    && card.spki().equals(by));
    return ownCard
        ? cards
            .news()
            .registered(change.handle(), session.person(), by)
            .or(() -> Optional.of(Instant.EPOCH))
        : asPasskey; // a temporary card confirms nothing
  }

  /** The person's passkeys; a row that cannot be believed is said in the same unit. */
  private List<Passkey> soundOf(Change change, Session session) {
    List<Passkeys.Found> rows = passkeys.ofPerson(change.handle(), session.person());
    for (Passkeys.Found found : rows) {
      if (found instanceof Passkeys.Found.Tampered(String row)) {
        change.record(session.subject(), new ServiceEvent.StateTampered(Passkeys.TABLE, row));
      }
    }
    return sound(rows);
  }

  private boolean isOver(Session session, Change change) {
    return sessions.active(change.handle(), session.tokenHash(), change.now()).isEmpty();
  }

  private <T> Outcome<T> refuse(Session session, Refusal reason) {
    return transactions.write(change -> refuse(change, session, reason));
  }

  private static <T> Outcome<T> refuse(Change change, Session session, Refusal reason) {
    change.record(session.subject(), new PasskeyEvent.Refused(reason));
    return new Outcome.Refused<>(reason);
  }

  /** What a person calls a passkey: a line of 1 to 40 characters. */
  private static Optional<String> label(String text) {
    String label = Normalizer.normalize(text.strip(), Normalizer.Form.NFC);
    boolean plain =
        label
            .codePoints()
            .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    return !label.isEmpty() && label.length() <= LONGEST_LABEL && plain
        ? Optional.of(label)
        : Optional.empty();
  }

  private static Attestation.@Nullable Made made(NewPasskey wish) {
    try {
      byte[] id = Base64Url.decode(wish.id());
      return id.length == 0 || id.length > 1023
          ? null
          : new Attestation.Made(
              id,
              Base64Url.decode(wish.clientDataJson()),
              Base64Url.decode(wish.attestationObject()));
    } catch (MalformedException e) {
      return null;
    }
  }

  private static byte[] random() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
