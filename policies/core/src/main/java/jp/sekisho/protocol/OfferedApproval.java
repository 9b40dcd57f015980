package jp.sekisho.protocol;

/**
 * A further approval beside that of an offered grant, with its evidence: its newest extension (延長);
 * for an occurrence (定例許可), the confirmation of its month (月次確認); or that of the second of two
 * approvers. The terminal believes none of it and verifies it as the grant itself: an extension is
 * the same matter with more time, a confirmation names the signed series and the month in which the
 * occurrence begins, and a second approval is of exactly the grant's text by another person's card.
 *
 * @param text base64url of what the card approved: of a second approval the grant's own text, else
 *     an {@link jp.sekisho.protocol.statement.ExportGrant} or {@link
 *     jp.sekisho.protocol.statement.SeriesConfirmation}
 * @param cardStatement base64url of the bytes of the approver's {@link
 *     jp.sekisho.protocol.statement.CardStatement}, purpose approve
 * @param signature base64url of the card's signature over them
 * @param spki base64url of the DER of the approver's SubjectPublicKeyInfo
 */
public record OfferedApproval(String text, String cardStatement, String signature, String spki) {}
