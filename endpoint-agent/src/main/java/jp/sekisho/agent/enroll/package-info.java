/**
 * How a terminal becomes known to the service, and stays so: one ticket in, a certificate out, and
 * a new certificate for the same key at half of each one's life.
 *
 * <p>For most uses: {@link jp.sekisho.agent.enroll.Enrollment} once, {@link
 * jp.sekisho.agent.enroll.Renewal} from then on. The ticket carries the SHA-256 of the only CA the
 * terminal will ever believe, so a network that lies is refused before the token is sent. Enrolling
 * gives nothing by itself: the terminal is {@code pending} until an administrator compared the
 * fingerprint.
 */
@NullMarked
package jp.sekisho.agent.enroll;

import org.jspecify.annotations.NullMarked;
