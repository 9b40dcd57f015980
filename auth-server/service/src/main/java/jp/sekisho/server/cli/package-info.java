/**
 * The command line: {@code init}, {@code serve} and the console commands that only whoever can open
 * the data directory (0700) may run.
 *
 * <p>For most uses: a feature's command implements {@code Callable<Integer>}, mixes in {@link
 * jp.sekisho.server.cli.Console} and does its work in {@link jp.sekisho.server.cli.Console#run};
 * then it adds one line to {@link jp.sekisho.server.cli.ConsoleCommands}. Exit codes: 0 done, 1
 * refused or invalid, 2 usage, 3 environment.
 */
@NullMarked
package jp.sekisho.server.cli;

import org.jspecify.annotations.NullMarked;
