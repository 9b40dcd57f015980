/**
 * The service's audit log: one tamper-evident log per 機関 and one called {@code system}.
 *
 * <p>The words: an entry is <em>pending</em> once committed with its change, <em>sequenced and
 * integrated</em> once it has an index in its log's tree, <em>published</em> once a signed
 * checkpoint covers it. People are answered at the first, terminals at the last. For most uses:
 * write through {@link jp.sekisho.server.storage.Change#record}, wait with {@link
 * jp.sekisho.server.audit.AuditLogs#published}.
 *
 * <p>Trusted: the key files, {@code log-<organ>.last} and {@code log-<organ>.committed} beside
 * them. Not trusted: the database. One that went back in time, whose entries were edited or put in,
 * or from which a committed entry was deleted, is noticed at start and in each pass of the
 * sequencer; nothing is signed then and the service ends.
 */
@NullMarked
package jp.sekisho.server.audit;

import org.jspecify.annotations.NullMarked;
