/**
 * The policy command: compiles policies from YAML and checks files an auditor or administrator has
 * in hand.
 *
 * <p>{@link jp.sekisho.policy.source.PolicyCommand} is the program. A policy's way: {@code
 * YamlSource} (no tags, anchors or repeated keys, explicit limits) → {@code PolicySchema} (one JSON
 * Schema, which editors use too) → {@code LayerCompiler} (bounds, each with its place) → {@code
 * PolicyTree} (all layers of a directory; one that widens refuses it) → {@code PolicyCompiler} →
 * {@link jp.sekisho.policy.Policy}. Terminals never parse YAML. {@code CaseFile} holds what a
 * policy is to decide, {@code RuleWords} what two policies differ in.
 *
 * <p>Exit codes: 0 in order, 1 refused or invalid, 2 wrong usage, 3 the environment (a file that
 * cannot be read). With {@code --json} one JSON object is on stdout and nothing else.
 */
@NullMarked
package jp.sekisho.policy.source;

import org.jspecify.annotations.NullMarked;
