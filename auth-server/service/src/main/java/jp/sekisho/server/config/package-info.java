/**
 * One installation: its data directory, its settings and what is opened from them.
 *
 * <p>For most uses: {@link jp.sekisho.server.config.Installation#open} opens database, transactions
 * and logs, for the service and for a console command beside it alike. Whoever can read the
 * directory (0700) is the operator; nothing here asks for more.
 */
@NullMarked
package jp.sekisho.server.config;

import org.jspecify.annotations.NullMarked;
