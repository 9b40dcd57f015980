package jp.sekisho.agent.enroll;

import jp.sekisho.agent.sync.Reply;

/** What came of an enrolment. */
public sealed interface EnrollOutcome {
  /**
   * Enrolled; everything is stored.
   *
   * @param state {@code pending} until an administrator confirmed the fingerprint
   * @param fingerprint to be read to the administrator
   */
  record Done(String terminal, String organ, String state, String fingerprint)
      implements EnrollOutcome {}

  /** This directory holds an enrolment already; nothing was sent. */
  record AlreadyEnrolled(String terminal) implements EnrollOutcome {}

  /** The text is not a ticket; nothing was sent. */
  record NotATicket() implements EnrollOutcome {}

  /** A server answered that does not show the CA of the ticket; the token was not sent. */
  record ForeignServer() implements EnrollOutcome {}

  /** The service said no. */
  record Refused(Reply.Refused<?> reply) implements EnrollOutcome {}

  /** No server answered. */
  record Unreachable(String why) implements EnrollOutcome {}

  /** The service's answer is not for this key; nothing of it was stored. */
  record BadAnswer(String why) implements EnrollOutcome {}
}
