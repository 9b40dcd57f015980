package jp.sekisho.server.policy;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.GeneralSecurityException;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Persons;

/** Beans of the signed policies. */
@Factory
@Requires(beans = Installation.class)
final class PolicyBeans {
  @Singleton
  SignedPolicies policies(Installation installation) throws IOException, GeneralSecurityException {
    return of(installation);
  }

  /** Also for a console command, which has no context. */
  static SignedPolicies of(Installation installation) throws IOException, GeneralSecurityException {
    return new SignedPolicies(
        installation.transactions(),
        new SignedFiles(installation.seal()),
        new OfficerFiles(installation.directory().keys()),
        new Authenticators(installation.seal()),
        new Persons(installation.seal()),
        OnlineKey.open(installation.directory().keys()),
        installation.config().trial(),
        installation.clock());
  }
}
