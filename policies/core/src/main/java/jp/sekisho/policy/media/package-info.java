/**
 * The part of a policy about media that do not come by USB (SD cards, optical discs), about
 * telephones and cameras (MTP, PTP) and about ways into other networks.
 */
@NullMarked
package jp.sekisho.policy.media;

import org.jspecify.annotations.NullMarked;
