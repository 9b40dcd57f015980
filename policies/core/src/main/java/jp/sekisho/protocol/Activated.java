package jp.sekisho.protocol;

/**
 * The service's yes to {@link ActivateRequest}, given after its log entry is durable.
 *
 * @param nonce as asked, so that an old answer cannot be taken for this one
 * @param serverTime ISO-8601 UTC of the activation; of a repeated answer, that of the first
 * @param deadline ISO-8601 UTC when the use must be over: the grant's end, or its minutes after
 *     {@code serverTime} when that is earlier
 */
public record Activated(String nonce, String serverTime, String deadline) {}
