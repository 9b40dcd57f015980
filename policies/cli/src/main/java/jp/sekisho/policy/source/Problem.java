package jp.sekisho.policy.source;

import java.util.List;

/**
 * Something wrong with a policy's source.
 *
 * @param code what is wrong
 * @param position where in the file
 * @param path JSON pointer of the value meant, empty for the whole file
 * @param arguments of the message; keys and limits, never whole values
 */
record Problem(Code code, Position position, String path, List<String> arguments) {
  /** Stable codes; the messages are {@code problem.<code>} in both languages. */
  enum Code {
    /** Not YAML. */
    YAML_SYNTAX,
    /** Over the limit on characters, depth or values. */
    YAML_TOO_LARGE,
    /** An anchor, alias, tag, merge key or second document. */
    YAML_FORBIDDEN,
    /** A key stands twice in one object. */
    KEY_REPEATED,
    /** A key the schema does not know. */
    KEY_UNKNOWN,
    /** A key the schema demands is missing. */
    KEY_MISSING,
    /** The value has another type. */
    TYPE_WRONG,
    /** The value is none of those allowed. */
    VALUE_NOT_ALLOWED,
    /** The value does not have the form demanded. */
    FORM_WRONG,
    /** Too short, too long, too few or too many. */
    SIZE_WRONG,
    /** A duration outside its bounds. */
    DURATION_OUT_OF_BOUNDS,
    /** Two rules have one id. */
    RULE_REPEATED,
    /** A reason is blank, not NFC or holds an invisible character. */
    REASON_UNREADABLE,
    /** The last role, and only it, must be for the name {@code *}. */
    READER_WITHOUT_ROLE,
    /** The compiled policy is refused by the reader that terminals use. */
    POLICY_REFUSED,
    /** A number or size outside its bounds. */
    NUMBER_OUT_OF_BOUNDS,
    /** A layer's head lacks a name its kind needs, or has one it must not have. */
    LAYER_NAMES,
    /** A lower layer was given without the common one. */
    LAYER_ALONE,
    /** No file, or more than one, is the common layer. */
    LAYER_COMMON,
    /** Among the layers lies a file that is not read. */
    FILE_UNKNOWN,
    /** No terminal obeys the layer. A warning. */
    LAYER_UNUSED,
    /** Two files are one layer. */
    LAYER_TWICE,
    /** A lower layer would permit more than one above it. */
    LAYER_WIDENS,
    /** Two layers name one terminal. */
    TERMINAL_TWICE,
    /** A rule that changes nothing: the layer above says the same. A warning. */
    RULE_DEAD,
    /** An entry that an earlier one covers. A warning. */
    ENTRY_DEAD,
    /** A case asks nothing, or more than one thing. */
    CASE_QUESTION
  }

  /**
   * A place in a file.
   *
   * @param line from 1
   * @param column from 1
   */
  record Position(int line, int column) {
    /** The beginning, where nothing better is known. */
    static final Position UNKNOWN = new Position(1, 1);
  }

  Problem {
    arguments = List.copyOf(arguments);
  }

  static Problem of(Code code, Position position, String path, String... arguments) {
    return new Problem(code, position, path, List.of(arguments));
  }
}
