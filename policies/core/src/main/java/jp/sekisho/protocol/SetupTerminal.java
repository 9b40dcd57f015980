package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The first terminal: {@code POST /authn/v1/setup/terminal}. Without a fingerprint a ticket is
 * asked for, with one the terminal that used it is confirmed.
 *
 * @param organ id of the 機関
 * @param fingerprint as the terminal shows it
 */
public record SetupTerminal(String terminal, String organ, @Nullable String fingerprint) {}
