/**
 * The commands of {@code sekisho-agent}: they read options, wire the parts by their constructors,
 * and turn outcomes into text and exit codes (0 ok, 1 refused, 2 usage, 3 environment).
 */
@NullMarked
package jp.sekisho.agent.cli;

import org.jspecify.annotations.NullMarked;
