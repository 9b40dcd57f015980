package jp.sekisho.server.policy;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.GeneralSecurityException;
import jp.sekisho.server.config.Installation;

/** Beans of the signed policies. */
@Factory
@Requires(beans = Installation.class)
final class PolicyBeans {
  @Singleton
  SignedPolicies policies(Installation installation) {
    return SignedPolicies.of(installation);
  }

  @Singleton
  TerminalBundles bundles(Installation installation) throws IOException, GeneralSecurityException {
    return new TerminalBundles(installation);
  }

  @Singleton
  PolicyImport imports(Installation installation, TerminalBundles bundles)
      throws IOException, GeneralSecurityException {
    return PolicyImport.of(installation, bundles);
  }
}
