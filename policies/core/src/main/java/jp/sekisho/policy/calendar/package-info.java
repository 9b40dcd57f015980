/**
 * Opening days and hours (開庁日・開庁時間), night and holiday counters and elections.
 *
 * <p>These are facts, not permissions: they say which acts are marked as outside opening hours
 * (開庁時間外) and how the age of the last contact is counted for offline logins.
 */
@NullMarked
package jp.sekisho.policy.calendar;

import org.jspecify.annotations.NullMarked;
