package jp.sekisho.keycloak;

/**
 * The service's "no" as this provider reads it: {@code RefusalBody} of the wire, its code as a
 * name. The service is upgraded first and may refuse for a reason that this provider has never
 * heard of; it brings the words for it.
 *
 * @param refusal such as {@code PIN_BLOCKED}
 * @param text the same for a person
 */
record Refused(String refusal, Text text) {
  /**
   * What a person reads.
   *
   * @param what what happened
   * @param why the reason
   * @param action what to do now
   * @param contact whom to call
   */
  record Text(String what, String why, String action, String contact) {}

  /** Whether the code has the form of one. */
  boolean isNamed() {
    return refusal.matches("[A-Z0-9_]{1,64}");
  }
}
