package jp.sekisho.protocol;

/**
 * The newest approved extension (延長) of an offered grant, with its evidence. The terminal believes
 * none of it: it verifies it as the grant itself, and that it is the same matter with more time.
 *
 * @param text base64url of the bytes of an {@link jp.sekisho.protocol.statement.ExportGrant}
 * @param cardStatement base64url of the bytes of the approver's {@link
 *     jp.sekisho.protocol.statement.CardStatement}, purpose approve
 * @param signature base64url of the card's signature over them
 * @param spki base64url of the DER of the approver's SubjectPublicKeyInfo
 */
public record OfferedExtension(String text, String cardStatement, String signature, String spki) {}
