package jp.sekisho.server.webauthn;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;

/** Beans of passkeys, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class WebAuthnBeans {
  @Singleton
  RelyingPlace relyingPlace(Installation installation) {
    return RelyingPlace.of(installation.config().origin());
  }

  @Singleton
  Passkeys passkeys(Installation installation) {
    return new Passkeys(installation.seal());
  }

  @Singleton
  PasskeyModels passkeyModels(Installation installation) {
    return new PasskeyModels(installation.directory().passkeyModels());
  }

  @Singleton
  PasskeyRules passkeyRules(
      Installation installation, PasskeyModels models, SignedPolicies policies) {
    return new PasskeyRules(
        models,
        installation.config().trial(),
        handle -> policies.allows(handle, LoginFactors.PASSKEY));
  }

  @Singleton
  StepUps stepUps(Installation installation) {
    return new StepUps(installation.clock());
  }

  @Singleton
  PasskeyEnrolment passkeyEnrolment(
      Installation installation,
      Passkeys passkeys,
      PasskeyModels models,
      Sessions sessions,
      StepUps stepUps,
      RelyingPlace place) {
    return new PasskeyEnrolment(
        installation.transactions(),
        passkeys,
        new Authenticators(installation.seal()),
        sessions,
        stepUps,
        new Attestation(place, models, installation.config().trial(), installation.clock()),
        place,
        installation.clock());
  }
}
