package jp.sekisho.server.webauthn;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.storage.Transactions;

/** A place for passkeys beside a scene of logins: one maker, whose one model is listed. */
public final class PasskeyScene {
  private final Path models;
  private final Clock clock;
  private final String origin;
  private final Transactions transactions;
  private final Passkeys passkeys;
  private final Sessions sessions;
  private final StepUps stepUps;
  private final Maker maker;

  public PasskeyScene(
      Path models,
      Clock clock,
      String origin,
      Transactions transactions,
      Passkeys passkeys,
      Sessions sessions,
      StepUps stepUps)
      throws IOException {
    this.models = models;
    this.clock = clock;
    this.origin = origin;
    this.transactions = transactions;
    this.passkeys = passkeys;
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
        sessions,
        stepUps,
        new Attestation(place, new PasskeyModels(models), trial, clock),
        place,
        clock);
  }

  /** An authenticator of the listed model. */
  public SoftAuthenticator authenticator() {
    return new SoftAuthenticator(origin).of(maker);
  }
}
