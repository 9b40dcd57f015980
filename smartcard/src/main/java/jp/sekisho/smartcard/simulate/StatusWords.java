package jp.sekisho.smartcard.simulate;

/** Status words the virtual cards refuse with (ISO/IEC 7816-4, table 5). */
final class StatusWords {
  static final int MEMORY_FAILURE = 0x6581;
  static final int WRONG_LENGTH = 0x6700;
  static final int WRONG_FILE_TYPE = 0x6981;
  static final int NOT_VERIFIED = 0x6982;
  static final int BLOCKED = 0x6983;
  static final int REFERENCE_UNUSABLE = 0x6984;
  static final int CONDITIONS = 0x6985;
  static final int NO_CURRENT_FILE = 0x6986;
  static final int WRONG_DATA = 0x6A80;
  static final int NOT_FOUND = 0x6A82;
  static final int WRONG_P1_P2 = 0x6A86;
  static final int UNKNOWN_REFERENCE = 0x6A88;
  static final int WRONG_OFFSET = 0x6B00;
  static final int UNKNOWN_INSTRUCTION = 0x6D00;
  static final int UNKNOWN_CLASS = 0x6E00;

  private StatusWords() {}
}
