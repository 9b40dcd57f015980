package jp.sekisho.protocol;

/**
 * The end of a medium (廃棄): {@code POST /api/v1/media/dispose}, after a step-up by card for {@code
 * medium-dispose:<medium>}.
 *
 * @param medium its number
 * @param reference the document that proves it, such as the number of a 廃棄証明書
 */
public record MediumEnd(String medium, String reference) {}
