package jp.sekisho.protocol;

/**
 * A granted medium that is open at a seat now, part of {@link LoopbackStatus}.
 *
 * @param grant id of the grant
 * @param medium id of the registered medium
 * @param mountPoint directory with its files, read-only
 * @param until ISO-8601 UTC by the service's clock
 * @param minutesLeft begun minutes until then
 */
public record OpenExport(
    String grant, String medium, String mountPoint, String until, int minutesLeft) {}
