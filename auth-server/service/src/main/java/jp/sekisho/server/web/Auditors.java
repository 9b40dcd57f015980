package jp.sekisho.server.web;

import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.session.Session;

/**
 * Who may read a whole log: the auditors of its organ, and of {@code system}, on which every organ
 * depends, the auditors of each.
 */
@FunctionalInterface
interface Auditors {
  /** Whether the person is an auditor of the organ now. */
  boolean audits(String person, String organ);

  /** Whether the session's person may read that log now. */
  default boolean reads(Session session, String log) {
    return (log.equals(session.organ()) || log.equals(PendingEntries.SYSTEM))
        && audits(session.person(), session.organ());
  }
}
