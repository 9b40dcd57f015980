package jp.sekisho.agent.emergency;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import jp.sekisho.agent.grant.GrantTrust;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.protocol.Refusal;

/**
 * What verified signed files say about 緊急時の例外措置.
 *
 * @param grants approvers, roster and revoked keys
 * @param longest longest use; zero where there is none at all
 * @param media media that may be opened: their fingerprints, or {@link
 *     UsbSettings#EVERY_REGISTERED}
 * @param staffCas the officers' pins of CAs of staff cards: base64url SHA-256 of their DER
 */
public record EmergencyTrust(
    GrantTrust grants, Duration longest, List<String> media, List<String> staffCas) {
  public EmergencyTrust {
    media = List.copyOf(media);
    staffCas = List.copyOf(staffCas);
  }

  /**
   * Whether the policy lets a medium be read. Which media are registered only the service knows:
   * where the policy names no single ones, any may be read here, and the case says which it was.
   */
  boolean permits(String fingerprint) {
    return media.contains(UsbSettings.EVERY_REGISTERED) || media.contains(fingerprint);
  }

  /** Either what is in force, or why nothing is: then nothing opens. */
  public sealed interface Now {
    /** This is. */
    record InForce(EmergencyTrust trust) implements Now {}

    /**
     * Nothing is.
     *
     * @param reason POLICY_MISSING, POLICY_EXPIRED or CLOCK_DOUBTFUL
     */
    record None(Refusal reason) implements Now {}
  }

  /**
   * What the last good files say.
   *
   * @param state empty before the first
   * @param server the service's time, carried on by the boot clock; empty where it was not heard
   *     since the agent's start: then files cannot be told from expired ones
   */
  public static Now now(
      Supplier<Optional<TrustedState>> state, Supplier<Optional<Instant>> server) {
    Optional<TrustedState> files = state.get();
    Optional<Instant> time = server.get();
    if (files.isEmpty() || time.isEmpty()) {
      return new Now.None(files.isEmpty() ? Refusal.POLICY_MISSING : Refusal.CLOCK_DOUBTFUL);
    }
    if (files.get().rulesExpired(time.get())) {
      return new Now.None(Refusal.POLICY_EXPIRED);
    }
    return new Now.InForce(
        new EmergencyTrust(
            GrantTrust.of(files.get(), time.get()),
            files.get().policy().more().value(GrantSettings.EMERGENCY),
            files.get().policy().more().value(UsbSettings.MEDIA),
            files.get().root().staffCas()));
  }
}
