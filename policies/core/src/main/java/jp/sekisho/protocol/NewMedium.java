package jp.sekisho.protocol;

/**
 * A medium that an administrator registers (登録媒体): {@code POST /api/v1/media}, after a step-up by
 * card for {@code medium-register:<medium>:<fingerprint>}.
 *
 * @param medium its number, such as {@code M-0007}, written on it
 * @param fingerprint what recognises it at a port, from the entry {@code usb.blocked} of a
 *     terminal; base64url SHA-256
 */
public record NewMedium(String medium, String fingerprint) {}
