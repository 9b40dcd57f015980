package jp.sekisho.server.web;

import java.util.List;

/**
 * What every page shows around its content.
 *
 * @param words language of the page
 * @param trial whether the red banner of a trial stands on top
 * @param agentUrl where the page finds the agent of its terminal
 * @param passkeys whether a person can have a passkey here, so that a button for it makes sense
 * @param people whether the session's person looks after people and cards, so that a link to them
 *     makes sense
 * @param temporary as {@code people}, for temporary cards
 * @param emergencies how many 緊急時の例外措置 are 事後報告未了, where the session's person looks after them
 * @param measures as {@code people}, for the register of exceptional measures
 * @param breaches how many cases of 漏えい等 have a report overdue, where the person may see them
 * @param setup whether the first start is open and the session's person does it
 * @param nonce what every script of the page carries, because its policy lets no other run
 * @param known refusals the page may meet as bare codes
 */
public record Frame(
    Words words,
    boolean trial,
    String agentUrl,
    boolean passkeys,
    boolean people,
    boolean temporary,
    int emergencies,
    boolean measures,
    int breaches,
    boolean setup,
    String nonce,
    List<KnownRefusal> known) {
  public Frame {
    known = List.copyOf(known);
  }
}
