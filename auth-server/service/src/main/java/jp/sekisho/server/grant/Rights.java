package jp.sekisho.server.grant;

import java.time.Instant;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import org.jdbi.v3.core.Handle;

/**
 * What a person may do with the exceptions of the own 機関.
 *
 * @param person staff number
 * @param approver may decide
 * @param admin may revoke and confirm returns
 * @param auditor may look
 */
record Rights(String person, boolean approver, boolean admin, boolean auditor) {
  static Rights of(Handle handle, Roles roles, Session session, Instant at) {
    String person = session.person();
    String organ = session.organ();
    return new Rights(
        person,
        roles.has(handle, person, Role.APPROVER, organ, at),
        roles.has(handle, person, Role.ADMIN, organ, at),
        roles.has(handle, person, Role.AUDITOR, organ, at));
  }

  /** Whether all of the organ's exceptions may be seen. */
  boolean seesAll() {
    return approver || admin || auditor;
  }

  boolean sees(Dossier dossier) {
    return seesAll() || dossier.request().concerns(person);
  }
}
