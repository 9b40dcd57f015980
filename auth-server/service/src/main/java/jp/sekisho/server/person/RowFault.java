package jp.sekisho.server.person;

/**
 * What is wrong with a line of the file.
 *
 * @param line from 1; 0 for the file as a whole
 * @param value what the message shows: a column or a staff number, never a name
 */
public record RowFault(long line, Code code, String value) {

  /** Stable codes; each has a text {@code person.fault.<code>}. */
  public enum Code {
    /** Over {@link PersonCsv#MAX_BYTES} bytes. */
    FILE_TOO_LARGE,
    /** Over {@link PersonCsv#MAX_ROWS} rows. */
    TOO_MANY_ROWS,
    /** Neither UTF-8 nor CP932. */
    ENCODING,
    /** Quotes do not match. */
    CSV,
    /** The first line is not the header. */
    HEADER,
    /** Another number of columns than the header. */
    COLUMNS,
    /** Empty, too long, or with control characters. */
    TEXT,
    /** No staff number, or twelve digits. */
    NUMBER,
    /** The staff number occurs twice. */
    REPEATED,
    /** No organ of this installation. */
    ORGAN,
    /** No day such as 2026-04-01. */
    DAY,
    /** Ends before it begins. */
    PERIOD,
    /** No such role. */
    ROLE,
    /** ADMIN and AUDITOR of one organ. */
    ROLE_CONFLICT,
    /** The same division has two names in the file. */
    DIVISION_NAME
  }
}
