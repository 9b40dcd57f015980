package jp.sekisho.server.webauthn;

import java.io.IOException;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the municipality says today about passkeys that were registered some day: both are asked at
 * each use, so that a model or a factor taken away opens nothing from then on. Thread-safe.
 */
public final class PasskeyRules {
  private static final Logger LOG = LoggerFactory.getLogger(PasskeyRules.class);

  private final PasskeyModels models;
  private final boolean trial;
  private final Predicate<Handle> factor;

  /**
   * @param trial whether the service is one
   * @param factor whether the signed policy has passkeys among the login's factors, asked in a unit
   */
  public PasskeyRules(PasskeyModels models, boolean trial, Predicate<Handle> factor) {
    this.models = models;
    this.trial = trial;
    this.factor = factor;
  }

  /**
   * Whether the passkey's model is on the list. One registered without attestation has none and
   * counts while the service is a trial.
   */
  public boolean isListed(Passkey passkey) {
    if (passkey.model().isEmpty()) {
      return trial;
    }
    try {
      return models.find(passkey.aaguid()).isPresent();
    } catch (IOException e) {
      LOG.error("the list of passkey models cannot be used: {}", e.getMessage());
      return false;
    }
  }

  /** Whether the signed policy lets anybody log in with a passkey. */
  public boolean isFactor(Handle handle) {
    return factor.test(handle);
  }
}
