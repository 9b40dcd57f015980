/**
 * What the terminal keeps on disk: one state directory with the settings given at enrolment, the
 * device key and certificate, what the service last said, and the spool's folder.
 *
 * <p>For most uses: {@link jp.sekisho.agent.config.StateDirectory}. Every file is written whole
 * (temporary file, fsync, rename, fsync of the directory), so that a power cut leaves the old or
 * the new one. Files are canonical JSON and read strictly; a file that is not in its one form stops
 * the agent instead of being guessed at. The directory is 0700, the key 0600: root of a terminal is
 * trusted for that terminal.
 */
@NullMarked
package jp.sekisho.agent.config;

import org.jspecify.annotations.NullMarked;
