package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A line of the register of media (媒体台帳).
 *
 * @param medium its number, such as {@code M-0007}
 * @param fingerprint base64url SHA-256 that recognises it at a port
 * @param registered ISO-8601 UTC
 * @param place {@code in needed out lent handed-over lost disposed}: nobody needs it; a request or
 *     an exception names it; an exception took it out and its return is not confirmed; handed out
 *     at the counter; handed over to a recipient; lost; out of use for good
 * @param disposed when it was disposed of; null while it is in use
 * @param reference the document that proves it; null while it is in use
 * @param held who has it, where it was handed out at the counter or handed over; null else
 * @param lost when its loss was recorded; null if never
 * @param lossReference the document that reports it
 */
public record MediumLine(
    String medium,
    String fingerprint,
    String registered,
    String place,
    @Nullable String disposed,
    @Nullable String reference,
    @Nullable MediumHeld held,
    @Nullable String lost,
    @Nullable String lossReference) {}
