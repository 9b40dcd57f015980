package jp.sekisho.protocol;

/**
 * The service's acknowledgement, given only when the records are integrated under a signed
 * checkpoint.
 *
 * @param acknowledged highest sequence number now in the log
 * @param head base64url of the SHA-256 of that record: the chain's head as the service holds it
 * @param log origin of the log
 * @param index index of that record's entry in the log
 * @param checkpoint the signed checkpoint (確定記録) that covers it
 */
public record EventAck(long acknowledged, String head, String log, long index, String checkpoint) {}
