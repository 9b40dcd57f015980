package jp.sekisho.protocol;

import java.util.List;

/**
 * The service's answer to a heartbeat.
 *
 * @param state {@code pending}, {@code active} or {@code revoked}
 * @param serverTime ISO-8601 UTC
 * @param intervalSeconds seconds to the next heartbeat
 * @param acknowledged highest sequence number in the log: lower than the agent's own means records
 *     are missing here
 * @param origins page origins whose transactions the agent may answer
 * @param checkpoint newest signed checkpoint of the terminal's log, to be kept
 * @param continuation consistency proof from {@code checkpointSize} of the heartbeat to {@code
 *     checkpoint} (RFC 6962), each hash base64url of 32 bytes, at most 64; empty when there is none
 * @param helpLine whom a refusal tells people to call
 */
public record HeartbeatReply(
    String state,
    String serverTime,
    int intervalSeconds,
    long acknowledged,
    List<String> origins,
    String checkpoint,
    List<String> continuation,
    String helpLine) {
  public HeartbeatReply {
    origins = List.copyOf(origins);
    continuation = List.copyOf(continuation);
  }
}
