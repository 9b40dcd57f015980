package jp.sekisho.protocol;

/**
 * What a {@link DeskRequest} did.
 *
 * @param cards how many cards changed
 */
public record DeskReply(int cards) {}
