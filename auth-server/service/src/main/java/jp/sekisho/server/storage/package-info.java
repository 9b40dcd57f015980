/**
 * How the service keeps things: one database behind {@link jp.sekisho.server.storage.Transactions},
 * and key files beside it.
 *
 * <p>For most uses: {@code transactions.write(change -> …)} changes rows through {@code
 * change.handle()} and says so with {@code change.record(subject, event)}; it returns once both are
 * durable. {@code transactions.read(handle -> …)} looks at one consistent snapshot.
 *
 * <p>The database is trusted to keep what it acknowledged and <em>not</em> trusted to be unchanged:
 * security rows carry a {@link jp.sekisho.server.storage.RowSeal} whose key lies outside it, and
 * the audit log notices a rolled-back or rewritten past. Root of this machine, who reads the key
 * files, is out of scope.
 */
@NullMarked
package jp.sekisho.server.storage;

import org.jspecify.annotations.NullMarked;
