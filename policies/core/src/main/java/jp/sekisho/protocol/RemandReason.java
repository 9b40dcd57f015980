package jp.sekisho.protocol;

/**
 * 差戻し: {@code POST /api/v1/grants/<id>/remand}.
 *
 * @param reason what is to be mended, 1 to 400 characters; shown to who asked, never in the log
 */
public record RemandReason(String reason) {}
