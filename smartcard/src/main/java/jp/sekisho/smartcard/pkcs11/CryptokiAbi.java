package jp.sekisho.smartcard.pkcs11;

/**
 * How a platform lays out PKCS#11's types (v2.40, 2.1 and 4), in bytes: CK_ULONG is an unsigned
 * long, and on Windows structures are packed to one byte.
 *
 * @param ulong size of CK_ULONG
 * @param packed whether fields follow each other without gaps
 */
record CryptokiAbi(int ulong, boolean packed) {
  static final CryptokiAbi LINUX_64 = new CryptokiAbi(8, false);
  static final CryptokiAbi WINDOWS_64 = new CryptokiAbi(4, true);

  private static final int POINTER = 8;

  /** In CK_FUNCTION_LIST, after a CK_VERSION of two bytes. */
  int function(int index) {
    return (packed ? 2 : POINTER) + index * POINTER;
  }

  /** CK_TOKEN_INFO: label, manufacturer, model, serial; then flags and ten more CK_ULONG. */
  int tokenFlags() {
    return 96;
  }

  /** Five numbers of sessions come after the flags' own, then the bounds of the PIN. */
  int longestPin() {
    return tokenFlags() + 5 * ulong;
  }

  int shortestPin() {
    return tokenFlags() + 6 * ulong;
  }

  /** With two CK_VERSION and utcTime[16] after the numbers. */
  int tokenInfo() {
    int end = tokenFlags() + 11 * ulong + 4 + 16;
    return packed ? end : (end + POINTER - 1) / POINTER * POINTER;
  }

  /** CK_ATTRIBUTE: type, pointer, length. */
  int attributeValue() {
    return ulong;
  }

  int attributeLength() {
    return ulong + POINTER;
  }

  int attribute() {
    return ulong + POINTER + ulong;
  }

  /** CK_C_INITIALIZE_ARGS: four functions, flags, reserved. */
  int initializeFlags() {
    return 4 * POINTER;
  }

  int initializeArguments() {
    return initializeFlags() + ulong + POINTER;
  }
}
