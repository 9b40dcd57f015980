package jp.sekisho.server.person;

import jp.sekisho.protocol.Refusal;

/** Whether a person may act at some moment. */
public sealed interface Standing {
  /**
   * Employed, with a post that is valid then.
   *
   * @param organ id of the 機関
   * @param division code of the 課
   * @param post title of the post
   */
  record Current(String person, String organ, String division, String post) implements Standing {}

  /** Unknown, or without a post that is valid then: {@code PERSON_NOT_CURRENT}. */
  record NotCurrent(Refusal refusal) implements Standing {}
}
