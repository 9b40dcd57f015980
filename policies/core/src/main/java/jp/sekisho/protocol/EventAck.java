package jp.sekisho.protocol;

import java.util.List;

/**
 * The service's acknowledgement, given only when the records are integrated under a signed
 * checkpoint.
 *
 * @param acknowledged highest sequence number now in the log
 * @param head base64url of the SHA-256 of that record: the chain's head as the service holds it
 * @param log origin of the log
 * @param index index of that record's entry in the log
 * @param checkpoint a signed checkpoint (確定記録) that covers it, to be kept
 * @param continuation consistency proof from {@code checkpointSize} of the batch to {@code
 *     checkpoint} (RFC 6962), each hash base64url of 32 bytes, at most 64; empty when there is none
 */
public record EventAck(
    long acknowledged,
    String head,
    String log,
    long index,
    String checkpoint,
    List<String> continuation) {
  public EventAck {
    continuation = List.copyOf(continuation);
  }
}
