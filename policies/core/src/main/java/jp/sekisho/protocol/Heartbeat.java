package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A terminal's sign of life, every 30–60 s: {@code POST /agent/v1/heartbeat}.
 *
 * @param agentVersion version of the agent
 * @param boot base64url of 16 bytes, new at each boot
 * @param lastSeq highest sequence number written to the spool, 0 before the first
 * @param spoolDepth records not yet acknowledged
 * @param enforcing whether the gates of this terminal hold, as measured
 * @param fault why not (設定不良), a stable word such as {@code not-enforcing}; null when enforcing
 * @param clock the terminal's wall clock, ISO-8601 UTC
 * @param checkpointSize entries of the newest checkpoint the terminal keeps of its log, 0 before
 *     the first: the reply proves that the log continues it
 */
public record Heartbeat(
    String agentVersion,
    String boot,
    long lastSeq,
    int spoolDepth,
    boolean enforcing,
    @Nullable String fault,
    String clock,
    long checkpointSize) {}
