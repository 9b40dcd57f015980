package jp.sekisho.server.audit;

/**
 * Where an entry stands in a log that a signed checkpoint covers.
 *
 * @param logOrigin {@code <host>/log/<organ>/<generation>}
 * @param index of the entry in that log, from 0; of {@link AuditLogs#newest}, the newest one (−1
 *     while there is none)
 * @param checkpoint the signed note, several lines, each ended by LF
 */
public record Published(String logOrigin, long index, String checkpoint) {}
