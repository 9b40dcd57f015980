package jp.sekisho.server.person;

import java.time.LocalDate;

/**
 * Under which contract a contractor's employee works.
 *
 * @param until its last day; nobody logs in after it
 * @param subcontract whether the employer is a sub-contractor (再委託)
 */
public record Contract(LocalDate until, boolean subcontract) {}
