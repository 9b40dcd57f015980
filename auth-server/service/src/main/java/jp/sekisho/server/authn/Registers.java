package jp.sekisho.server.authn;

import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.protocol.CardKind;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What the verification asks of other features; refusals are theirs. Thread-safe. */
interface Registers {
  /**
   * A terminal that may answer transactions.
   *
   * @param id terminal id
   * @param organ the 機関 whose terminal it is
   * @param key its device key
   */
  record ActiveTerminal(String id, String organ, PublicKey key) {}

  /**
   * A person who is employed, not suspended, and holds a post now.
   *
   * @param post null where the person has several and the terminal does not say which
   */
  record CurrentPerson(String number, String organ, @Nullable String post) {}

  /**
   * The terminal called {@code id}; refused TERMINAL_PENDING, TERMINAL_REVOKED (also when there is
   * none) or STATE_TAMPERED.
   */
  Verdict<ActiveTerminal> terminal(Handle handle, String id);

  /**
   * The person with this staff number, in the post that is the acting one at the terminal; refused
   * PERSON_NOT_CURRENT or STATE_TAMPERED.
   */
  Verdict<CurrentPerson> person(Handle handle, String number, ActiveTerminal terminal, Instant at);

  /**
   * Whether cards of this kind open anything at this terminal now: staff cards, unless its signed
   * policy, all layers together, says more.
   */
  boolean allows(Handle handle, ActiveTerminal terminal, CardKind kind);

  /**
   * What the signed policy of this terminal says of a login. Past the end of a part of it that is a
   * built-in rule, stricter than any policy; empty only before the first import, when logins go on
   * with the service's own rules.
   */
  Optional<Decision> login(Handle handle, ActiveTerminal terminal, LoginAttempt attempt);

  /** Whether the person holds any role in the organ. */
  boolean hasRole(Handle handle, String number, String organ, Instant at);

  /**
   * Whether nobody else than administrators of this organ may come in yet: the first start is not
   * finished.
   */
  boolean awaitsSetup(Handle handle, String number, String organ, Instant at);
}
