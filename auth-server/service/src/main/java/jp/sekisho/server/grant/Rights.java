package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.List;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What a person may do with the exceptions of the own 機関.
 *
 * @param person staff number
 * @param approver may decide
 * @param admin may revoke and confirm returns
 * @param auditor may look
 * @param represents in whose place the person could decide now (代決); empty for an approver
 */
record Rights(
    String person, boolean approver, boolean admin, boolean auditor, List<Represented> represents) {
  Rights {
    represents = List.copyOf(represents);
  }

  Rights(String person, boolean approver, boolean admin, boolean auditor) {
    this(person, approver, admin, auditor, List.of());
  }

  static Rights of(
      Handle handle, Roles roles, Representation representation, Session session, Instant at) {
    String person = session.person();
    String organ = session.organ();
    boolean approver = roles.has(handle, person, Role.APPROVER, organ, at);
    return new Rights(
        person,
        approver,
        roles.has(handle, person, Role.ADMIN, organ, at),
        roles.has(handle, person, Role.AUDITOR, organ, at),
        approver ? List.of() : representation.by(handle, person, organ, at));
  }

  /** Why the person may not decide about a request; null in the own right or an absent one's. */
  @Nullable Refusal obstacle(Request request) {
    if (request.concerns(person)) {
      return Refusal.APPROVAL_OWN;
    }
    if (approver || represented(request) != null) {
      return null;
    }
    boolean onlyTheirOwn =
        !represents.isEmpty()
            && represents.stream().allMatch(one -> request.concerns(one.person()));
    return onlyTheirOwn ? Refusal.DEPUTY_OWN : Refusal.ROLE_MISSING;
  }

  /** In whose place the person would decide about a request; null for the own right or none. */
  @Nullable String represented(Request request) {
    return approver
        ? null
        : represents.stream()
            .filter(one -> one.covers(request))
            .map(Represented::person)
            .findFirst()
            .orElse(null);
  }

  /** Whether all of the organ's exceptions may be seen. */
  boolean seesAll() {
    return approver || admin || auditor || !represents.isEmpty();
  }

  boolean sees(Dossier dossier) {
    return seesAll() || dossier.request().concerns(person);
  }
}
