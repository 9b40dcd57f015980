package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What the page gives the agent: only the transaction's id. {@code POST
 * http://127.0.0.1:47621/v1/login}.
 *
 * @param transaction base64url of 16 bytes
 * @param lastTry true when the person chose to use the last PIN try; null means no
 */
public record LoopbackLogin(String transaction, @Nullable Boolean lastTry) {}
