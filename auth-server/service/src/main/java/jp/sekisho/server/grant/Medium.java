package jp.sekisho.server.grant;

/**
 * A registered medium (登録媒体).
 *
 * @param id such as {@code M-0007}, written on it
 * @param organ the 機関 that keeps it
 * @param fingerprint base64url of the SHA-256 that recognises it at a port
 */
public record Medium(String id, String organ, String fingerprint) {}
