/**
 * What leaves on a medium, as bytes: each file of a clerk becomes one or more CMS envelopes
 * (AuthEnvelopedData, AES-256-GCM) for named recipients, or, where that was approved, itself.
 *
 * <p>For most uses: {@link jp.sekisho.agent.export.FileExport}, which takes one file from {@link
 * jp.sekisho.agent.export.ClerkFiles} and writes it to a {@link
 * jp.sekisho.agent.enforce.WritableMedium}. The format is for people outside: docs/export.md.
 *
 * <p>Memory is bounded by pieces of {@value jp.sekisho.agent.export.ClerkFiles#LARGEST_PIECE}
 * bytes; content and names of files are in no log, trace or message.
 */
@NullMarked
package jp.sekisho.agent.export;

import org.jspecify.annotations.NullMarked;
