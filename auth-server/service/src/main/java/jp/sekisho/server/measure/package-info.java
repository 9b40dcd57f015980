/**
 * The register of exceptional measures (例外措置, ADR 0048): terminals or rules that are not as the
 * standard wants them, asked for by an approver or administrator, permitted by the CISO's card, and
 * over by the end of the fiscal year at the latest.
 *
 * <p>{@link jp.sekisho.server.measure.Measures} takes the steps of people, {@link
 * jp.sekisho.server.measure.MeasureApprovals} gives a proved signature its effect, {@link
 * jp.sekisho.server.measure.MeasureClock} tells what is late, {@link
 * jp.sekisho.server.measure.MeasureRegister} shows the register and where it does not agree with
 * the signed policy and with what terminals measure. Every step and its entry are one unit; a
 * refused step is an entry too.
 *
 * <p>A permitted measure opens nothing: only the signed policy widens a rule. Free text stays in
 * the row; the log holds its hash.
 */
@NullMarked
package jp.sekisho.server.measure;

import org.jspecify.annotations.NullMarked;
