package jp.sekisho.protocol;

/**
 * The post that a person with several chooses after the login: {@code POST /api/v1/session/post}.
 *
 * @param post code of the division (課)
 */
public record PostChoice(String post) {}
