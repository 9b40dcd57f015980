/**
 * The program {@code sekisho-audit}: what an auditor runs, on any machine with Java 17, without a
 * network.
 */
@NullMarked
package jp.sekisho.audit.cli;

import org.jspecify.annotations.NullMarked;
