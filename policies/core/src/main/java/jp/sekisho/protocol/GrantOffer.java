package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One approved exception with the evidence of its approval. The terminal believes none of it: it
 * verifies the signature over the card statement by the key, the statement's detail against the
 * text, the key against the approvers of the signed policy, and every line of the text against
 * itself, the person and the medium.
 *
 * @param grant id of the grant: the text's {@code request}, or one that a series' text allows;
 *     base64url of 16 bytes
 * @param text base64url of the bytes of a {@link jp.sekisho.protocol.statement.GrantText}; a
 *     terminal that knows no series refuses the text of one
 * @param cardStatement base64url of the bytes of the approver's {@link
 *     jp.sekisho.protocol.statement.CardStatement}, purpose approve
 * @param signature base64url of the card's signature over them
 * @param spki base64url of the DER of the approver's SubjectPublicKeyInfo
 * @param state {@code approved}, or {@code active} once it was activated
 * @param activatedAt ISO-8601 UTC of the activation by the service's clock; null while approved
 * @param extension lets a use that has begun last longer; null when nobody approved one
 * @param confirmation lets an occurrence be used whose series is confirmed month by month; null
 *     where there is none, and of everything else. A terminal that does not know it knows no such
 *     series either
 * @param second the approval of the other of two approvers, over the same text, where the policy or
 *     the text demands two; null of everything else. A terminal that does not know it knows no text
 *     under which files leave either
 */
public record GrantOffer(
    String grant,
    String text,
    String cardStatement,
    String signature,
    String spki,
    String state,
    @Nullable String activatedAt,
    @Nullable OfferedApproval extension,
    @Nullable OfferedApproval confirmation,
    @Nullable OfferedApproval second) {
  /** One without a second approval. */
  public GrantOffer(
      String grant,
      String text,
      String cardStatement,
      String signature,
      String spki,
      String state,
      @Nullable String activatedAt,
      @Nullable OfferedApproval extension,
      @Nullable OfferedApproval confirmation) {
    this(
        grant,
        text,
        cardStatement,
        signature,
        spki,
        state,
        activatedAt,
        extension,
        confirmation,
        null);
  }

  /** One without a confirmation. */
  public GrantOffer(
      String grant,
      String text,
      String cardStatement,
      String signature,
      String spki,
      String state,
      @Nullable String activatedAt,
      @Nullable OfferedApproval extension) {
    this(grant, text, cardStatement, signature, spki, state, activatedAt, extension, null);
  }
}
