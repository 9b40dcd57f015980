package jp.sekisho.server.grant;

import java.util.List;

/**
 * An absent approver in whose place a deputy could decide.
 *
 * @param person staff number of the absent approver
 * @param before the deputies ranked before who could decide now too; each of them comes first,
 *     unless the matter is their own
 */
record Represented(String person, List<String> before) {
  Represented {
    before = List.copyOf(before);
  }

  /**
   * Whether this deputy's turn has come for a matter: nobody is represented in a matter of their
   * own, and whoever stands before must be unable to decide it.
   */
  boolean covers(Request request) {
    return !request.concerns(person) && before.stream().allMatch(request::concerns);
  }
}
