package jp.sekisho.server.webauthn;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.PasskeyEvent;
import jp.sekisho.server.card.Authenticator.Assurance;
import jp.sekisho.server.card.Authenticator.State;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;

/** A place for passkeys beside a scene of logins: one maker, whose one model is listed. */
public final class PasskeyScene {
  private final Path models;
  private final Clock clock;
  private final String origin;
  private final Transactions transactions;
  private final Passkeys passkeys;
  private final Authenticators cards;
  private final Sessions sessions;
  private final StepUps stepUps;
  private final Maker maker;

  public PasskeyScene(
      Path models,
      Clock clock,
      String origin,
      Transactions transactions,
      Passkeys passkeys,
      Authenticators cards,
      Sessions sessions,
      StepUps stepUps)
      throws IOException {
    this.models = models;
    this.clock = clock;
    this.origin = origin;
    this.transactions = transactions;
    this.passkeys = passkeys;
    this.cards = cards;
    this.sessions = sessions;
    this.stepUps = stepUps;
    this.maker = new Maker(clock.instant());
    maker.list(models, new SoftAuthenticator(origin).aaguid, "Example Key 5");
  }

  /** Registers and removes as the service does. */
  public PasskeyEnrolment enrolment(boolean trial) {
    RelyingPlace place = RelyingPlace.of(origin);
    return new PasskeyEnrolment(
        transactions,
        passkeys,
        cards,
        sessions,
        stepUps,
        new Attestation(place, new PasskeyModels(models), trial, clock),
        place,
        clock);
  }

  /** Puts an active passkey into an installation, as a registration leaves it. */
  public static Passkey put(Installation installation, Entry.Subject holder, String person) {
    return put(installation, holder, person, new SoftAuthenticator(installation.config().origin()));
  }

  /** As {@link #put(Installation, Entry.Subject, String)}, that of an authenticator. */
  public static Passkey put(
      Installation installation, Entry.Subject holder, String person, SoftAuthenticator key) {
    key.userHandle = new byte[32];
    Passkey passkey =
        new Passkey(
            key.credentialId,
            person,
            key.userHandle,
            key.keys.getPublic().getEncoded(),
            0,
            key.aaguid,
            "Example Key 5",
            Assurance.NORMAL,
            State.ACTIVE,
            "机の鍵",
            installation.clock().instant(),
            null,
            false);
    return installation
        .transactions()
        .write(change -> {
          EntryReceipt entry =
              change.record(
                  holder,
                  new PasskeyEvent.Registered(
                      passkey.id(), passkey.aaguid(), "verified", passkey.assurance().text()));
          new Passkeys(installation.seal()).insert(change, entry, passkey);
          return passkey;
        });
  }

  /** Puts the model of these authenticators on an installation's list. */
  public static void list(Installation installation) throws IOException {
    new Maker(installation.clock().instant())
        .list(
            installation.directory().passkeyModels(),
            new SoftAuthenticator(installation.config().origin()).aaguid,
            "Example Key 5");
  }

  /** An authenticator of the listed model. */
  public SoftAuthenticator authenticator() {
    return new SoftAuthenticator(origin).of(maker);
  }
}
