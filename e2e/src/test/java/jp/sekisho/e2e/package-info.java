/**
 * Whole-system tests: the shipped jars as processes, a real pcscd with a virtual card, a real
 * browser.
 *
 * <p>{@link jp.sekisho.e2e.Town} is one municipality on this machine; tests drive it as its clerk,
 * its auditor and its attackers would. Nothing here reaches into a program: only ports, files and
 * screens.
 */
@NullMarked
package jp.sekisho.e2e;

import org.jspecify.annotations.NullMarked;
