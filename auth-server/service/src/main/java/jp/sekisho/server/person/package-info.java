/**
 * The directory: organs (機関), divisions (課), persons, their post and their roles.
 *
 * <p>For most uses: {@link jp.sekisho.server.person.Persons#current} says whether a person may act
 * now, {@link jp.sekisho.server.person.Roles#has} whether they hold a role. Both read inside the
 * caller's transaction and check the rows' MACs; the only way in is a CSV file on the console.
 *
 * <p>Names never leave this package for the log. A 個人番号 never enters: a staff number of twelve
 * digits is refused.
 */
@NullMarked
package jp.sekisho.server.person;

import org.jspecify.annotations.NullMarked;
