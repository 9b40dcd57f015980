package jp.sekisho.server.authn;

import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import jp.sekisho.server.policy.TerminalLogins;
import jp.sekisho.server.storage.Look;
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
   * What the others here ask of the database about a login.
   *
   * @param number staff number of whose it seems to be
   */
  List<Look> looks(String number, String terminal);

  /** What the signed policy of this terminal says of logins there, all layers together. */
  TerminalLogins logins(Handle handle, ActiveTerminal terminal);

  /** How many failures in a row cost no wait at this terminal. */
  int failures(Handle handle, ActiveTerminal terminal);

  /** Whether the person holds any role in the organ. */
  boolean hasRole(Handle handle, String number, String organ, Instant at);

  /**
   * Whether nobody else than administrators of this organ may come in yet: the first start is not
   * finished.
   */
  boolean awaitsSetup(Handle handle, String number, String organ, Instant at);
}
