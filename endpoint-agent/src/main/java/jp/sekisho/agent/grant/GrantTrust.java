package jp.sekisho.agent.grant;

import java.util.Optional;
import java.util.function.Function;
import jp.sekisho.policy.grant.GrantRules;

/**
 * What verified signed files say about grants, as far as a terminal decides by it.
 *
 * @param rules the officer-signed bounds and approver keys
 * @param persons the roster: base64url of the SHA-256 of a card key's SubjectPublicKeyInfo → staff
 *     number
 */
public record GrantTrust(GrantRules rules, Function<String, Optional<String>> persons) {

  /** Where it comes from. Thread-safe. */
  public interface Source {
    /** What is in force now; empty when there is none or it has expired: then nothing opens. */
    Optional<GrantTrust> current();
  }
}
