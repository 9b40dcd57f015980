package jp.sekisho.server.person;

import java.util.List;

/**
 * What is wrong with a line of the file, or with what it would lead to.
 *
 * @param line from 1; 0 for the file as a whole
 * @param column from 1; 0 for the line as a whole
 * @param values what the message shows: columns, organs, days, staff numbers; never a name
 */
public record RowFault(long line, int column, Code code, List<String> values) {
  public RowFault {
    values = List.copyOf(values);
  }

  /** About the file as a whole. */
  static RowFault ofFile(Code code, String... values) {
    return new RowFault(0, 0, code, List.of(values));
  }

  /** About a line as a whole. */
  static RowFault ofLine(long line, Code code, String... values) {
    return new RowFault(line, 0, code, List.of(values));
  }

  /** Stable codes; each has a text {@code person.fault.<code>}. */
  public enum Code {
    /** Over {@link PersonCsv#MAX_BYTES} bytes. */
    FILE_TOO_LARGE,
    /** Over {@link PersonCsv#MAX_ROWS} rows. */
    TOO_MANY_ROWS,
    /** Over {@link PersonCsv#MAX_FAULTS} faults: the others are not listed. */
    MORE_FAULTS,
    /** Neither UTF-8 nor CP932. */
    ENCODING,
    /** Quotes do not match. */
    CSV,
    /** The first line is none of the headers. */
    HEADER,
    /** Another number of columns than the header. */
    COLUMNS,
    /** Empty, too long, or with control characters. */
    TEXT,
    /** Holds what looks like a 個人番号: such a number may stand in no table. */
    INDIVIDUAL_NUMBER,
    /** No staff number, or twelve digits. */
    NUMBER,
    /** The same order twice. */
    REPEATED,
    /** No such kind of order. */
    ORDER,
    /** No organ of this installation. */
    ORGAN,
    /** No day such as 2026-04-01. */
    DAY,
    /** Ends before it begins. */
    PERIOD,
    /** A renewal that does not follow on the last day, or ends no later. */
    RENEWAL,
    /** A post without an end cannot be renewed. */
    NO_END,
    /** No such appointment. */
    APPOINTMENT,
    /** 会計年度任用職員 without an end, or beyond the fiscal year. */
    FISCAL_YEAR,
    /** A contractor without the end of the contract or working past it; others with one. */
    CONTRACT,
    /** Neither yes nor no. */
    YES_NO,
    /** No such role. */
    ROLE,
    /** ADMIN and AUDITOR of one organ on one day, by whichever posts. */
    ROLE_CONFLICT,
    /** A lent person or 応援職員 without an end, or a lent person with a role that is not lent. */
    LENT,
    /** The same division has two names in the file. */
    DIVISION_NAME,
    /** Somebody, or a post, of an organ that whoever loads the file does not administer. */
    NOT_YOURS,
    /** A person that is not known. */
    UNKNOWN_PERSON,
    /** No such post to be renewed or ended. */
    NO_POST,
    /** A concurrent post without a main one. */
    NO_MAIN,
    /** A second post in one division at one time: a title can say both. */
    SAME_DIVISION,
    /** Two main posts at one time. */
    TWO_MAIN,
    /** More posts and roles than a person can have. */
    TOO_MANY_POSTS,
    /** The organ would have no approver on some day. */
    NO_APPROVER,
    /** The organ would have no administrator. */
    NO_ADMIN,
    /** The organ would have no auditor. */
    NO_AUDITOR,
    /** Fewer policy officers than must sign. */
    FEW_OFFICERS,
    /** Fewer than three persons would hold the organ's offices. */
    FEW_PERSONS
  }
}
