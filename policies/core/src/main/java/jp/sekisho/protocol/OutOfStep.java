package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Something in which the register of exceptional measures, the signed policy and what terminals
 * measure do not agree.
 *
 * @param what {@code rule-unpermitted}: a rule of the policy names a measure that does not run;
 *     {@code rule-gone}: a running measure deviates from a rule that is not in force; {@code
 *     terminal-unpermitted}: a terminal's gates do not hold (設定不良) and no running measure names it;
 *     {@code terminal-gone}: a running measure names a terminal that is not at work here
 * @param subject the rule's or terminal's id
 * @param measure number of the measure; null where there is none
 */
public record OutOfStep(String what, String subject, @Nullable String measure) {}
