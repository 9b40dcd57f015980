/**
 * The program {@code sekisho-agent}: {@code service session enroll status doctor}.
 *
 * <p>For most uses: {@link jp.sekisho.agent.cli.AgentCommand}; {@link
 * jp.sekisho.agent.cli.AgentService} is the wiring of a running service, without a command line.
 * Exit codes: 0 ok, 1 refused or a problem found, 2 usage, 3 the environment. With {@code --json}
 * standard output holds one JSON object and nothing else. Texts for people are in {@code
 * cli_ja.properties} and {@code cli_en.properties}.
 */
@NullMarked
package jp.sekisho.agent.cli;

import org.jspecify.annotations.NullMarked;
