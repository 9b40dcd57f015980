/** Entries as a table for a spreadsheet: {@link jp.sekisho.audit.table.CsvTable}. */
@NullMarked
package jp.sekisho.audit.table;

import org.jspecify.annotations.NullMarked;
