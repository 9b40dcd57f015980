/**
 * Drawing entries of a log by lot (無作為抽出) so that anybody can draw the same ones again: {@link
 * jp.sekisho.audit.sample.Lot}.
 */
@NullMarked
package jp.sekisho.audit.sample;

import org.jspecify.annotations.NullMarked;
