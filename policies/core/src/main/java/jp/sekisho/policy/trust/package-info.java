/**
 * What a terminal trusts: the four signed files, who may sign them, and how a newer set follows an
 * older one.
 *
 * <p>For most uses: {@link jp.sekisho.policy.trust.TrustVerifier#accept}, which takes what the
 * service sent and answers with a {@link jp.sekisho.policy.trust.TrustedState} or a refusal, all or
 * nothing. A file is a {@link jp.sekisho.protocol.statement.TrustHeader} and, at once, the bytes it
 * names; beside it lie its signatures ({@link jp.sekisho.policy.trust.SignedFile}).
 *
 * <p>Trusted: the root whose hash the ticket carried, and k of its officers. Not trusted: the
 * service. Its online key lists staff cards and says which versions count; with it alone nobody can
 * change a rule, an approver or an officer, nor bring back what was revoked.
 *
 * <p>Below the policy for all ({@code organ -}) lie the signed layers of 機関, 課 and 端末グループ ({@link
 * jp.sekisho.policy.trust.SignedLayers}); files that officers have not all signed are {@link
 * jp.sekisho.policy.trust.DraftFile}s.
 */
@NullMarked
package jp.sekisho.policy.trust;

import org.jspecify.annotations.NullMarked;
