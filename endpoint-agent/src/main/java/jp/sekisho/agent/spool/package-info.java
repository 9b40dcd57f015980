/**
 * The durable chain of what this terminal saw, kept until the service has it under a signed
 * checkpoint and seven days longer.
 *
 * <p>For most uses: {@link jp.sekisho.agent.spool.Spool#append}. When it returns, the record is on
 * the disk; callers do the effect it describes only then.
 *
 * <h2>Files</h2>
 *
 * <pre>
 * spool/lock                          held by the one process that may append
 * spool/ack.json                      what the service acknowledged; canonical JSON, replaced whole
 * spool/00000000000000000001.segment  records from that sequence number on
 * </pre>
 *
 * A segment is the 8 ASCII bytes {@code SKSPOOL1}, then frames:
 *
 * <pre>
 * u32 BE  length of the payload, 1 to 16384
 * u32 BE  the same, every bit inverted
 * bytes   payload: canonical bytes of one DeviceRecord
 * u32 BE  CRC-32C of the payload
 * </pre>
 *
 * The next segment starts when one has passed its size. Records of consecutive segments have
 * consecutive numbers and each names the hash of the one before.
 *
 * <h2>What a power cut may leave, and what else stops the agent</h2>
 *
 * A <em>torn tail</em> is an incomplete frame, or one that ends in zeros up to the end of the file,
 * at the end of the last segment. Its append never returned, so nothing was done or sent on its
 * strength: it is cut off and reported. A wrong length, CRC, number, hash or terminal anywhere
 * else, a missing segment, or a chain shorter than what the service acknowledged is not a power
 * cut: {@code SPOOL_CORRUPT}, the spool does not open, and no new chain begins (sequence numbers
 * belong to the device key; only a new enrolment starts at 1 again). The inverted length keeps a
 * flipped bit in a length from passing as a torn tail and taking good records with it.
 *
 * <p>Not defended: root of this terminal can cut whole records off the end. What was acknowledged
 * is in the log; the service names a later reuse of their numbers ({@code EVENT_FORK}).
 */
@NullMarked
package jp.sekisho.agent.spool;

import org.jspecify.annotations.NullMarked;
