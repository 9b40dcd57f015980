package jp.sekisho.server.measure;

import java.time.Instant;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import org.jdbi.v3.core.Handle;

/**
 * What a person may do with the exceptional measures of the own 機関.
 *
 * @param person staff number
 * @param manager APPROVER or ADMIN: asks, reviews and ends
 * @param ciso permits and rejects, reviews and ends
 * @param auditor may look
 */
record MeasureRights(String person, boolean manager, boolean ciso, boolean auditor) {
  static MeasureRights of(Handle handle, Roles roles, Session session, Instant at) {
    String person = session.person();
    String organ = session.organ();
    return new MeasureRights(
        person,
        roles.has(handle, person, Role.APPROVER, organ, at)
            || roles.has(handle, person, Role.ADMIN, organ, at),
        roles.has(handle, person, Role.CISO, organ, at),
        roles.has(handle, person, Role.AUDITOR, organ, at));
  }

  /** Whether the register of the 機関 may be seen. */
  boolean sees() {
    return manager || ciso || auditor;
  }
}
