/**
 * The bundle (監査用の一式): a whole log as files, to be verified by somebody without a connection to it.
 * A directory, or a ZIP file of the same members:
 *
 * <pre>
 * checkpoint                 the signed checkpoint, with the cosignatures of witnesses
 * entries.jsonl              line i = exactly the bytes of entry i, each ended by LF; so no entry may
 *                            contain LF (canonical JSON never does); at most 16 KiB + LF a line
 * tile/0/&lt;N&gt;[.p/&lt;W&gt;]         the leaf hashes, all tiles of level 0 for the size in the checkpoint
 * minimum                    only if entries were deleted after their term: which, signed by the log;
 *                            the first line is then of that index, the hashes are all there
 * aged                       only beside a minimum: an older checkpoint that covers what was deleted,
 *                            with the cosignatures it got then, which show how old that is
 * stamped                    optional: an older checkpoint and an RFC 3161 time-stamp over it
 * names.sealed               optional: whom the staff numbers mean, for who has its code; not
 *                            covered by the verification, bound to the checkpoint by its seal
 * README.txt, verify.html    how to verify, and a verifier for a browser; optional, proving nothing
 * </pre>
 *
 * <p>The lines alone decide whether the log is what was signed. The tiles are there so that a
 * failure can be pinned on an entry: if they hash to the signed root, the first line that differs
 * from its leaf hash is the one that was altered, deleted, inserted or moved. Whoever alters the
 * tiles too hides the place, not the fact.
 *
 * <p>Nothing in a bundle is believed because the bundle says so: keys come from outside. Nothing is
 * ever extracted. A ZIP is refused if a name is absolute, climbs ({@code ..}), is repeated or is
 * not one of the above; if a member is a link, encrypted, overlapping or hidden between others; if
 * it uses ZIP64 (over 4 GiB or 65,534 members: use a directory). Reading is streaming and bounded
 * by the signed size, so a ZIP that unpacks to more than it says is refused, not unpacked.
 */
@NullMarked
package jp.sekisho.audit.bundle;

import org.jspecify.annotations.NullMarked;
