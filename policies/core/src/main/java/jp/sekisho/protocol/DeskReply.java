package jp.sekisho.protocol;

/**
 * What a {@link DeskRequest} did.
 *
 * @param cards how many cards changed; none when a further card waits for its holder or the
 *     holder's 所属長
 */
public record DeskReply(int cards) {}
