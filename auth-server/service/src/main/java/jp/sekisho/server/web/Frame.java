package jp.sekisho.server.web;

import java.util.List;

/**
 * What every page shows around its content.
 *
 * @param words language of the page
 * @param trial whether the red banner of a trial stands on top
 * @param agentUrl where the page finds the agent of its terminal
 * @param passkeys whether a person can have a passkey here, so that a button for it makes sense
 * @param known refusals the page may meet as bare codes
 */
public record Frame(
    Words words, boolean trial, String agentUrl, boolean passkeys, List<KnownRefusal> known) {
  public Frame {
    known = List.copyOf(known);
  }
}
