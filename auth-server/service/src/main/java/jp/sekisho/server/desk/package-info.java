/**
 * What administrators, and those who may attest a colleague, do for others on pages (窓口): personnel
 * files, cards. {@link jp.sekisho.server.desk.Desk} is the gate before all of it: the session is
 * active, its person holds the role in the session's 機関, the other person belongs to that 機関, and a
 * card's PIN was typed for exactly this at most five minutes ago. The work itself is done by the
 * same classes that the console uses. Every refusal is an entry that names who tried.
 */
@NullMarked
package jp.sekisho.server.desk;

import org.jspecify.annotations.NullMarked;
