/**
 * The life of a staff card: its certificate, its issue, its PIN after a loss.
 *
 * <p>{@link jp.sekisho.smartcard.issue.CardIssuer} personalises one card: the key is made on it,
 * its attestation checked, its refusal to sign before VERIFY tried, the certificate of {@link
 * jp.sekisho.smartcard.issue.StaffProfile} asked of a {@link jp.sekisho.smartcard.issue.CardCa},
 * PUK and management key taken away from their defaults. {@link
 * jp.sekisho.smartcard.issue.BatchIssue} does so for a list and continues where it was broken off.
 * {@link jp.sekisho.smartcard.issue.PinReset} sets a PIN by the two {@link
 * jp.sekisho.smartcard.issue.PukHalf halves} of the PUK, held by two roles (ADR 0008).
 *
 * <p>What it does not do: keep a PUK, a PIN or a management key; hold a CA's key (the one of {@code
 * simulate} is for trials); decide who may have a card.
 */
@NullMarked
package jp.sekisho.smartcard.issue;

import org.jspecify.annotations.NullMarked;
