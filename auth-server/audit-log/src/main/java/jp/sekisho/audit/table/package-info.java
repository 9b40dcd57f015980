/**
 * Entries for other programs: {@link jp.sekisho.audit.table.CsvTable} for a spreadsheet, {@link
 * jp.sekisho.audit.table.OcsfLines} for a system that watches over many programs.
 */
@NullMarked
package jp.sekisho.audit.table;

import org.jspecify.annotations.NullMarked;
