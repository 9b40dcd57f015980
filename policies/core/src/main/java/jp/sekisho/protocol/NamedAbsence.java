package jp.sekisho.protocol;

/**
 * Which absence is over: {@code POST /api/v1/absences/end}.
 *
 * @param absence base64url of 16 bytes
 */
public record NamedAbsence(String absence) {}
