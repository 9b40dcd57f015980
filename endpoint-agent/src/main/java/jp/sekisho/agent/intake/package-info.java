/**
 * Taking the files of a medium in (媒体の取込み): copied to a place that is root's alone, scanned, looked
 * at by their content, and handed to the person's own process.
 *
 * <p>For most uses: {@link jp.sekisho.agent.grant.ImportDesk}. Whether and for how long a medium is
 * read is not decided here. Nothing on a medium is believed, and nothing here runs, unpacks to disk
 * or renders what it looks at. A kind that is let in is not therefore harmless: what opens it may
 * have faults that no scanner knows.
 */
@NullMarked
package jp.sekisho.agent.intake;

import org.jspecify.annotations.NullMarked;
