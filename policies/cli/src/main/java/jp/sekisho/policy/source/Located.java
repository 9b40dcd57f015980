package jp.sekisho.policy.source;

import java.nio.file.Path;

/**
 * A problem and its file.
 *
 * @param file as it was named
 * @param problem what and where in it
 */
record Located(Path file, Problem problem) {}
